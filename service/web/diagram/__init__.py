"""Diagrams as people see and hear them: `read` a file, `draw` it, and say its `steps_of` in words."""

from service.web.diagram.drawing import Mark, anchor, draw
from service.web.diagram.plan import Plan, read
from service.web.diagram.steps import LaneSteps, Step, steps_of

__all__ = ["LaneSteps", "Mark", "Plan", "Step", "anchor", "draw", "read", "steps_of"]
