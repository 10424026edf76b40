"""The tables of people: who may log in, their second factor, and the sessions and tokens that recognise them.

What somebody may do does not stand here: roles, mandates and substitutions are facts of the organisation's chain.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, LargeBinary, String, Table, Text

from service.tables import Utc, metadata

person = Table(
    "person",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("login", String(100), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("password", Text),  # argon2id; null: nobody can log in with a password
    Column("is_resident", Boolean, nullable=False),  # a resident has another reference in each case
    Column("created_at", Utc, nullable=False),
    Column("blocked_at", Utc),
)

session = Table(
    "session",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),  # SHA-256 of the secret, which we do not keep
    Column(  # sessie (cookie) | halfweg (cookie; only the second factor) | token (Bearer) | agenda (in an address)
        "kind", String(8), nullable=False
    ),
    Column("person", ForeignKey("person.id"), nullable=False, index=True),
    Column("label", String(200), nullable=False, server_default=""),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("revoked_at", Utc),
)

second_factor = Table(
    "second_factor",
    metadata,
    Column("person", ForeignKey("person.id"), primary_key=True),
    Column("secret", LargeBinary, nullable=False),  # AES-GCM under a key that follows from the key file
    Column("counter", BigInteger, nullable=False),  # the step of time of the last code that was taken
    Column("failures", Integer, nullable=False),
    Column("failed_at", Utc),
    Column("created_at", Utc, nullable=False),
    Column("confirmed_at", Utc),  # null: nobody has proven yet to have the secret
)

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("person", ForeignKey("person.id"), primary_key=True),
    Column("digest", String(64), primary_key=True),  # SHA-256 of 80 random bits
    Column("used_at", Utc),
)
