"""The pages for people, in Dutch, that work without scripts: each over the same use cases as the API."""

from service.web import (
    account,
    administration,
    attachment,
    ballot,
    case,
    comment,
    contribution,
    entrance,
    mandates,
    models,
    overview,
    questions,
    task,
    trail,
    wijken,
    work,
)
from service.web.screens import screens

__all__ = [
    "account",
    "administration",
    "attachment",
    "ballot",
    "case",
    "comment",
    "contribution",
    "entrance",
    "mandates",
    "models",
    "overview",
    "questions",
    "screens",
    "task",
    "trail",
    "wijken",
    "work",
]
