"""The engine: definitions, cases, decision rights, deadlines and the trail, pure functions over explicit arguments."""
