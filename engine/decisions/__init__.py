"""Decision tables (DMN): read, proven complete and without overlap, and decided so that they fail closed.

A table says which rules matched, so that the log can show why.
"""

from engine.decisions.reading import read_tables
from engine.decisions.tables import Decided, HitPolicy, Input, Output, Rule, Table, decided

__all__ = ["Decided", "HitPolicy", "Input", "Output", "Rule", "Table", "decided", "read_tables"]
