"""The tables of ballots: the register of who may vote, the closed ballot box, and the votes once they are counted.

No row holds a moment, and none refers from a person to a vote. Rows lie in the order of their keys (WITHOUT ROWID), and
the keys of ballots are random. What is cast before the count is sealed: the order of writing, which a write-ahead log
and PostgreSQL's row versions betray, is the order of envelopes that nobody can open any more.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from service.tables import Utc, metadata

ballot = Table(
    "ballot",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case", ForeignKey("case.id"), nullable=False, index=True),
    Column("opening", String(64), nullable=False),  # the digest of the record that opened it
    Column("step", String(4), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("round", Integer, nullable=False),
    Column("options", Text, nullable=False),
    Column("most", Integer, nullable=False),  # how many the self-binding lets vote
    Column("opens_at", Utc, nullable=False),
    Column("closes_at", Utc, nullable=False),
    Column("modulus", Text, nullable=False),  # of the public key, in hex
    Column("exponent", Integer, nullable=False),
    Column("first_to", String(36)),  # who got the first halves of the codes for the letters last, and who the second
    Column("second_to", String(36)),
    Column("counted", Text),  # the count, as recorded
)

ballot_voter = Table(
    "ballot_voter",
    metadata,
    Column("ballot", ForeignKey("ballot.id"), primary_key=True),
    Column("voter", String(64), primary_key=True),  # the number in the register
    Column("identity", String(64), nullable=False),  # name and address, digested under the ballot's own secret
    Column("person", String(36)),
    Column("first", String(64)),  # the halves of the code in the letter, digested so, for who has no account
    Column("second", String(64)),
    Column("added_by", String(36), nullable=False),
    Column("confirmed", Boolean, nullable=False),  # by somebody else: before that the line is no voter
    Column("given", String(8)),  # pas | papier
    Column("blinded", String(64)),  # SHA-256 of what was signed blindly: the same again gets the same answer
    UniqueConstraint("ballot", "identity"),
    UniqueConstraint("ballot", "person"),
    Index("ix_ballot_voter_first", "ballot", "first"),
    sqlite_with_rowid=False,
)

ballot_box = Table(
    "ballot_box",
    metadata,
    Column("ballot", ForeignKey("ballot.id"), primary_key=True),
    Column("nullifier", String(64), primary_key=True),  # SHA-256 of the pass: nobody has seen it before it was cast
    Column("mark", String(64), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    UniqueConstraint("ballot", "mark"),
    sqlite_with_rowid=False,
)

ballot_paper = Table(
    "ballot_paper",
    metadata,
    Column("ballot", ForeignKey("ballot.id"), primary_key=True),
    Column("entered_by", String(36), nullable=False),
    Column("total", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("confirmed", Boolean, nullable=False),
)

ballot_vote = Table(
    "ballot_vote",
    metadata,
    Column("ballot", ForeignKey("ballot.id"), primary_key=True),
    Column("key", String(32), primary_key=True),
    Column("choice", Text, nullable=False),
    sqlite_with_rowid=False,
)
