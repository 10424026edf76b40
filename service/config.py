"""The settings of one installation, read once from `WIJK_*` variables; every setting has a value that works."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_MB = 1024 * 1024
SHIPPED = Path(__file__).resolve().parent.parent / "processes"


def shipped_city() -> Path:
    """The city to work with when nobody names one: `stad` in `processes/installatie.toml`."""
    return SHIPPED / str(tomllib.loads((SHIPPED / "installatie.toml").read_text("utf-8"))["stad"])


_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
MAIL_ADDRESS = re.compile(rf"(?=.{{1,64}}@.{{1,189}}\Z){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+")
"""What goes into a header or an SMTP command as it is: nothing in it can end a line or begin another address."""
_SECURED, _PORTS = ("starttls", "tls", "geen"), {"starttls": 587, "tls": 465, "geen": 25}


@dataclass(frozen=True, slots=True)
class Smtp:
    """The server that takes our mail; `security` is `starttls` (never less), `tls` or `geen`, on one's own machine.

    `password` is a file; `authority` the certificates to believe besides those of the system.
    """

    host: str
    port: int
    security: str
    sender: str
    user: str = ""
    password: Path | None = None
    authority: Path | None = None

    @staticmethod
    def read(given: Mapping[str, str]) -> Smtp | None:
        """The server of `WIJK_SMTP_HOST`, none without that; ValueError in Dutch for settings that cannot be."""
        if "WIJK_SMTP_HOST" not in given:
            return None
        security = given.get("WIJK_SMTP_BEVEILIGING", "starttls")
        if security not in _SECURED:
            raise ValueError(f"WIJK_SMTP_BEVEILIGING moet {', '.join(_SECURED)} zijn, niet '{security}'.")
        sender, user = given.get("WIJK_SMTP_VAN", ""), given.get("WIJK_SMTP_GEBRUIKER", "")
        if not MAIL_ADDRESS.fullmatch(sender):
            raise ValueError("WIJK_SMTP_VAN moet het e-mailadres zijn waarvan de post komt.")
        if user and (security == "geen" or "WIJK_SMTP_WACHTWOORD" not in given):
            raise ValueError("WIJK_SMTP_GEBRUIKER vraagt starttls of tls, en WIJK_SMTP_WACHTWOORD: een bestand.")
        files = [Path(given[name]) if name in given else None for name in ("WIJK_SMTP_WACHTWOORD", "WIJK_SMTP_CA")]
        port = _whole(given, "WIJK_SMTP_POORT", _PORTS[security])
        return Smtp(given["WIJK_SMTP_HOST"], port, security, sender, user, *files)


def _whole(given: Mapping[str, str], name: str, otherwise: int) -> int:
    value = given.get(name, str(otherwise))
    if not value.isdecimal():
        raise ValueError(f"{name} moet een geheel getal zijn, niet '{value}'.")
    return int(value)


@dataclass(frozen=True, slots=True)
class Config:
    """`city` is the directory of the city's data (`WIJK_STAD`); `key_file` holds the installation's secret (mode 0600),
    `log_key_file` the key that signs the log; beside the latter lies what its signer remembers.

    `key_store` holds the keys of sealed values; without one it lies beside the key file.
    `origin` names the log in every record and checkpoint; `witnesses` is a policy that names who is asked to
    cosign. `pool` is the number of database connections of one process. `second_factor` asks one of who may decide.
    `proxies` servers of our own pass requests on to us: so many addresses in `X-Forwarded-For` are believed.
    `most_bytes` is how large one attachment may be, `most_bytes_in_case` all those of a case together.

    `smtp` takes our mail, without which there is none; `address` is where people find us, for links in that mail, and
    `remind_days` how many days before its term a task is brought to mind.
    """

    database_url: str = "sqlite:///var/wijkcyclus.sqlite"
    city: Path = field(default_factory=shipped_city)
    key_file: Path = Path("var/wijkcyclus.key")
    key_store: Path | None = None
    log_key: Path | None = None
    witnesses: Path | None = None
    origin: str = "wijkcyclus.localhost/log/1"
    host: str = "127.0.0.1"
    port: int = 8000
    pool: int = 5
    proxies: int = 0
    secure_cookies: bool = False
    second_factor: bool = False
    rate_login: str = "10 per minute"
    rate_write: str = "600 per minute"
    rate_public: str = "300 per minute"
    most_bytes: int = 10 * _MB
    most_bytes_in_case: int = 250 * _MB
    smtp: Smtp | None = None
    address: str = "http://127.0.0.1:8000"
    remind_days: int = 3

    @property
    def key_store_file(self) -> Path:
        """Where the keys of sealed values are."""
        return self.key_store or self.key_file.with_name(f"{self.key_file.name}.kast")

    @property
    def log_key_file(self) -> Path:
        """Where the key that signs the log stands: beside the secret when nothing else is said."""
        return self.log_key or self.key_file.with_name(f"{self.key_file.name}.logboek")

    @staticmethod
    def read(environment: Mapping[str, str]) -> Config:
        """Config from `WIJK_DATABASE_URL`, `WIJK_STAD` and the others below; ValueError in Dutch for a bad one."""
        zero = Config()
        given = {name: value for name, value in environment.items() if name.startswith("WIJK_") and value != ""}
        address = given.get("WIJK_ADRES", zero.address).rstrip("/")
        if not re.fullmatch(r"https?://[!-~]+", address):
            raise ValueError("WIJK_ADRES moet met https:// beginnen (of http://, op de eigen machine).")
        return Config(
            database_url=given.get("WIJK_DATABASE_URL", zero.database_url),
            city=Path(given.get("WIJK_STAD", zero.city)),
            key_file=Path(given.get("WIJK_SLEUTEL", zero.key_file)),
            key_store=Path(given["WIJK_SLEUTELKAST"]) if "WIJK_SLEUTELKAST" in given else None,
            log_key=Path(given["WIJK_LOGSLEUTEL"]) if "WIJK_LOGSLEUTEL" in given else None,
            witnesses=Path(given["WIJK_GETUIGEN"]) if "WIJK_GETUIGEN" in given else None,
            origin=given.get("WIJK_LOG", zero.origin),
            host=given.get("WIJK_HOST", zero.host),
            port=_whole(given, "WIJK_POORT", zero.port),
            pool=_whole(given, "WIJK_POOL", zero.pool),
            proxies=_whole(given, "WIJK_PROXY", zero.proxies),
            secure_cookies=given.get("WIJK_HTTPS", "nee") == "ja",
            second_factor=given.get("WIJK_TWEEDE_FACTOR", "nee") == "ja",
            rate_login=given.get("WIJK_LIMIET_INLOGGEN", zero.rate_login),
            rate_write=given.get("WIJK_LIMIET_SCHRIJVEN", zero.rate_write),
            rate_public=given.get("WIJK_LIMIET_OPENBAAR", zero.rate_public),
            most_bytes=_whole(given, "WIJK_BIJLAGE_MB", zero.most_bytes // _MB) * _MB,
            most_bytes_in_case=_whole(given, "WIJK_BIJLAGEN_ZAAK_MB", zero.most_bytes_in_case // _MB) * _MB,
            smtp=Smtp.read(given),
            address=address,
            remind_days=_whole(given, "WIJK_HERINNERING", zero.remind_days),
        )
