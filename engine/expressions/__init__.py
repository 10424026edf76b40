"""FEEL, the one expression language of diagrams, tables, timers and forms: safe, three-valued, decimal.

Expressions are compiled to closures and never become Python; there is no access to attributes, modules or the clock.
"""

from engine.expressions.compiled import (
    Expression,
    Script,
    Unary,
    compile_expression,
    compile_script,
    compile_unary,
)
from engine.expressions.functions import HOST_FUNCTIONS
from engine.expressions.timers import Timer, compile_timer
from engine.expressions.values import Duration, Value

__all__ = [
    "HOST_FUNCTIONS",
    "Duration",
    "Expression",
    "Script",
    "Timer",
    "Unary",
    "Value",
    "compile_expression",
    "compile_script",
    "compile_timer",
    "compile_unary",
]
