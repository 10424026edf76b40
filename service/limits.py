"""How often one caller may knock: a bucket per caller that fills again with time; the clock is an argument."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network
from threading import Lock

_RATE = re.compile(r"([1-9]\d{0,8}) per (second|minute|hour)")
_SPAN = {"second": timedelta(seconds=1), "minute": timedelta(minutes=1), "hour": timedelta(hours=1)}
_MOST_CALLERS = 10_000
_WITH_PORT = re.compile(r"\[(.*)\](?::\d+)?|([\d.]+):\d+")  # as some proxies tell of who comes
_SUBSCRIBER = 64  # bits of an IPv6 address: whoever is connected has all that differ behind them


def knocker(address: str | None) -> str:
    """By what the requests from this address are counted: the address, or the network of one IPv6 subscriber."""
    address = address or ""
    if found := _WITH_PORT.fullmatch(address):
        address = found[1] or found[2]
    if ":" not in address:
        return address
    try:
        known = IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    return str(known.ipv4_mapped or IPv6Network((int(known), _SUBSCRIBER), strict=False))


class TooMany(Exception):
    """Te veel verzoeken"""

    def __init__(self, wait: int) -> None:
        """`wait`: whole seconds after which the next request is let through."""
        super().__init__(f"Probeer het over {wait} seconden opnieuw.")
        self.wait = wait


@dataclass(slots=True)
class Limit:
    """A rate such as `10 per minute`, counted for each caller by itself within this process."""

    amount: int
    span: timedelta
    _seen: dict[str, tuple[float, datetime]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    @staticmethod
    def read(rate: str) -> Limit:
        """The limit that a text such as `600 per minute` names; ValueError in Dutch for any other text."""
        found = _RATE.fullmatch(rate.strip())
        if found is None:
            raise ValueError(f"'{rate}' is geen limiet; schrijf bijvoorbeeld '10 per minute' (second, minute of hour).")
        return Limit(int(found[1]), _SPAN[found[2]])

    def take(self, caller: str, now: datetime) -> None:
        """Count one request of `caller`; TooMany when the bucket is empty."""
        with self._lock:
            left, at = self._seen.get(caller, (float(self.amount), now))
            left = min(float(self.amount), left + max(timedelta(0), now - at) / self.span * self.amount)
            if left < 1.0:
                raise TooMany(1 + int((1.0 - left) / self.amount * self.span.total_seconds()))
            if len(self._seen) >= _MOST_CALLERS:
                self._forget_the_rested(now)
            self._seen[caller] = (left - 1.0, now)

    def give_back(self, caller: str) -> None:
        """Count one request of this caller no more: it was none of those that this limits."""
        with self._lock:
            if caller in self._seen:
                left, at = self._seen[caller]
                self._seen[caller] = (min(float(self.amount), left + 1.0), at)

    def _forget_the_rested(self, now: datetime) -> None:
        # A caller whose bucket is full again need not be remembered; if all are busy, the longest silent half goes.
        rested = [caller for caller, (_, at) in self._seen.items() if now - at >= self.span]
        silent = rested or sorted(self._seen, key=lambda caller: self._seen[caller][1])[: _MOST_CALLERS // 2]
        for caller in silent:
            del self._seen[caller]
