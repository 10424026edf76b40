"""The 25 questions that the log must answer, the lists of exceptions and the sample: pure functions over its records.

`catalogue.py` is the table: number, question in Dutch, columns, the function, and the kinds of record that it reads.
"""
