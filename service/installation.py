"""One running installation: its settings, database, secret and the definitions it has read; made once, at start-up."""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine

from engine import definition
from engine.definition import Definition, Reading
from engine.errors import DefinitionRefused
from engine.terms import Fact
from service import db, keyfile, store_definitions
from service.config import Config
from service.faults import Unknown
from service.forms import NO_FORM, Form
from service.naming import Names
from service.store_keys import KeyStore


@dataclass(frozen=True, slots=True)
class Installation:
    """What every use case works with. `entropy` gives random bytes; `read` holds the definitions read so far.

    `secret` is behind the references of people; `keys` closes and opens sealed values; `noted` is who was recorded to
    open what today (see `service.openings`); `powers` is what somebody may do, as far as the chain of the organisation
    was when it was read (see `service.hearing`); `offered` the same, with who may what, for the menu of a page.
    `counted` is how often it went otherwise in a wijk and year, as far as its chains were then (see `service.public`).
    """

    config: Config
    database: Engine
    secret: bytes
    keys: KeyStore
    entropy: Callable[[int], bytes] = secrets.token_bytes
    read: dict[str, Definition] = field(default_factory=dict)
    forms_read: dict[str, dict[str, Form]] = field(default_factory=dict)
    noted: set[tuple[str, str, str, str]] = field(default_factory=set)
    powers: dict[str, tuple[int, tuple[Fact, ...]]] = field(default_factory=dict)
    counted: dict[tuple[str, int], tuple[tuple[object, ...], Mapping[str, int]]] = field(default_factory=dict)
    offered: dict[str, tuple[int, tuple[Fact, ...], Mapping[str, frozenset[str]]]] = field(default_factory=dict)

    @property
    def names(self) -> Names:
        """How the names of residents lie in the database."""
        return Names(self.keys, self.secret, self.entropy)

    def definition(self, tx: Connection, version: str) -> Definition:
        """The definition of this version: read once in a process, since a version never changes."""
        known = self.read.get(version)
        if known is None:
            known = self.read[version] = _definition(tx, version)
        return known

    def form(self, definition: Definition, form: str | None) -> Form:
        """The form with this id in this definition; a task without one takes no fields."""
        if form is None:
            return NO_FORM
        known = self.forms_read.get(definition.version)
        if known is None:
            known = self.forms_read[definition.version] = _forms(definition)
        return known[form]


_LAST: OrderedDict[str, Reading] = OrderedDict()
_MOST_KEPT = 4
_REFERENCES, _KEYS = b"wijkcyclus/referenties\n", b"wijkcyclus/sleutelkast\n"


def open_installation(config: Config) -> Installation:
    """The installation of these settings; makes the secret (mode 0600) at the first start."""
    content = keyfile.kept(config.key_file)
    references, wrapping = (hashlib.sha256(purpose + content).digest() for purpose in (_REFERENCES, _KEYS))
    keys = KeyStore(config.key_store_file, wrapping, secrets.token_bytes)
    return Installation(config, db.open_database(config.database_url, config.pool), references, keys)


def _definition(tx: Connection, version: str) -> Definition:
    files = store_definitions.file_bytes(tx, version)
    if not files:
        raise Unknown(f"Procesmodel {version} is hier niet bekend.")
    reading = read_family(files)
    if reading.definition is None:
        raise DefinitionRefused(reading.findings)
    return reading.definition


def read_family(files: Mapping[str, bytes]) -> Reading:
    """As `engine.definition.read`; the last few families of this process are read once: a version never changes."""
    version = definition.version_of(files)
    known = _LAST.pop(version, None) or definition.read(files)
    _LAST[version] = known
    if len(_LAST) > _MOST_KEPT:
        _LAST.popitem(last=False)
    return known


def _forms(definition: Definition) -> dict[str, Form]:
    files = (file for file in definition.files.values() if file.name.endswith(".form"))
    read = (Form.read(file.content, file.name)[0] for file in files)
    return {form.id: form for form in read if form is not None}
