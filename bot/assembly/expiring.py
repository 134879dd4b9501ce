"""Tells in good time which of an account's tokens and the like end soon: nobody can renew them but an operator."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.clock import CITY_TIME
from bot.logs import logger
from bot.settings import AccountSettings

log = logger(__name__)

NOTICE = 30
"""Days before its end that a setting is spoken of."""


@dataclass(frozen=True, slots=True)
class Ending:
    """One setting that ends: ``left`` days after today, negative where it has ended."""

    channel: str
    account: str
    key: str
    day: date
    left: int

    def __str__(self) -> str:
        if self.left < 0:
            return f"{self.key} 已于 {self.day} 到期,请更换 (ended: nothing works with it until it is replaced)"
        return f"{self.key} 将于 {self.day} 到期,还有 {self.left} 天 (ends in {self.left} days: replace it before)"


def ending(accounts: Mapping[tuple[str, str], AccountSettings], *, today: date) -> Iterator[Ending]:
    """What has ended or ends within :data:`NOTICE` days."""
    for (channel, name), account in accounts.items():
        for key, day in account.ends.items():
            if (left := (day - today).days) <= NOTICE:
                yield Ending(channel, name, key, day, left)


async def warn(accounts: Mapping[tuple[str, str], AccountSettings], *, now: Callable[[], datetime]) -> int:
    """Put them into the log of the running hub; returns how many there are."""
    found = list(ending(accounts, today=now().astimezone(CITY_TIME).date()))
    for one in found:
        where = {"channel": one.channel, "account": one.account, "name": one.key, "count": one.left}
        log.warning("a setting ends", action="account.ends", **where)
    return len(found)
