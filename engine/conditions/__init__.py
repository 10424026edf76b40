"""The named conditions: each takes the question alone and says what is lacking, nothing when it holds.

`engine.authority` arranges them into rules; nothing here refuses by itself.
"""
