"""The pages for people, in Dutch, that work without scripts: each over the same use cases as the API."""

from service.web import administration, case, entrance, mandates, questions, task, trail, work
from service.web.screens import screens

__all__ = ["administration", "case", "entrance", "mandates", "questions", "screens", "task", "trail", "work"]
