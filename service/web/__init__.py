"""The pages for people, in Dutch, that work without scripts: each over the same use cases as the API."""

from service.web import case, entrance, task, work
from service.web.screens import screens

__all__ = ["case", "entrance", "screens", "task", "work"]
