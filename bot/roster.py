"""The officers of the hotline: their accounts, their passwords, and who is logged in."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.store import officers
from bot.store.citizens import accesses
from bot.store.engine import Database
from tickets.privacy.access import OFFICERS, Officer
from tickets.state import Role

SHIFT = timedelta(hours=12)
"""How long one login lasts at most."""
IDLE = timedelta(hours=1)
"""A page nobody opened anything on for so long asks for the password again."""
_SEEN_EVERY = timedelta(minutes=1)
SHORTEST = 10
_ACCOUNT = 32
_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash(secrets.token_urlsafe())
"""Compared with where there is no such account: whoever guesses learns nothing from the time it takes."""


def every_role(name: str) -> Officer:
    """Who has the demonstration's key: every role, and any unit."""
    return Officer(name, name, frozenset(OFFICERS), proved=False)


@dataclass(frozen=True, slots=True)
class Roster:
    """Accounts and sessions. Every change of either is in the record of accesses."""

    database: Database = field(repr=False)
    now: Callable[[], datetime] = field(repr=False)
    units: frozenset[str] = field(repr=False)

    async def add(self, account: str, name: str, *, roles: Iterable[str], unit: str, password: str, by: str) -> Officer:
        """A new officer. Raises ValueError with what is wrong."""
        one = Officer(account, name.strip(), _roles(roles), unit)
        self._check(one)
        hashed = await _hashed(password)
        async with self.database.begin() as connection:
            if not await officers.add(connection, one, hash=hashed, now=self.now()):
                raise ValueError(f"there is an officer {account} already")
            text = f"add {account} ({', '.join(sorted(one.roles))}) {unit}".strip()
            await accesses.note(connection, "officer", account=by, now=self.now(), text=text)
        return one

    async def set_roles(self, account: str, roles: Iterable[str], *, unit: str, by: str) -> None:
        """Other roles from now on; his sessions go on with them. Raises LookupError, ValueError."""
        one = Officer(account, account, _roles(roles), unit)
        self._check(one)
        await self._change(account, f"roles {', '.join(sorted(one.roles))}", by=by, roles=sorted(one.roles), unit=unit)

    async def set_password(self, account: str, password: str, *, by: str) -> None:
        """A new password; every session of his ends. Raises LookupError, ValueError."""
        await self._change(account, "password", by=by, ends_sessions=True, hash=await _hashed(password))

    async def disable(self, account: str, *, by: str) -> None:
        """He works here no more; what he did stays under his name. Raises LookupError."""
        await self._change(account, "disable", by=by, ends_sessions=True, disabled_at=self.now())

    async def listed(self) -> Sequence[officers.Row]:
        """Every account."""
        async with self.database.read() as connection:
            return await officers.all_of_them(connection)

    async def get(self, account: str) -> Officer:
        """An officer who works here. Raises LookupError."""
        async with self.database.read() as connection:
            row = await officers.account(connection, account)
        if row is None or row["disabled_at"]:
            raise LookupError(f"there is no officer {account}; see minsheng officer list")
        return officers.read_officer(row)

    async def anybody(self) -> bool:
        """Whether anybody could log in."""
        async with self.database.read() as connection:
            return await officers.anybody(connection)

    async def knows(self, account: str) -> bool:
        """Whether there is, or was, such an account."""
        async with self.database.read() as connection:
            return await officers.account(connection, account) is not None

    async def enter(self, account: str, password: str) -> str:
        """Log in; returns the session's token, "" when account or password is wrong."""
        async with self.database.read() as connection:
            row = await officers.account(connection, account[:_ACCOUNT])
        fits = await asyncio.to_thread(_fits, row["hash"] if row else _NOBODY, password)
        token, now = secrets.token_urlsafe(32), self.now()
        async with self.database.begin() as connection:
            if row is None or not fits or row["disabled_at"]:
                # A name nobody has may be a password typed into the wrong field: it is not kept.
                await accesses.note(connection, "refused", account=row["account"] if row else "", now=now)
                return ""
            await officers.open_session(connection, _digest(token), row["account"], now=now)
            await accesses.note(connection, "login", account=row["account"], unit=row["unit"], now=now)
        return token

    async def seated(self, token: str, *, works: bool) -> Officer | None:
        """The officer of a session, None when it is over. ``works``: he opened a page himself, so he is not idle."""
        now = self.now()
        async with self.database.read() as connection:
            row = await officers.session(connection, _digest(token))
        if row is None or now >= row["started_at"] + SHIFT or now >= row["seen_at"] + IDLE:
            return None
        if works and now >= row["seen_at"] + _SEEN_EVERY:
            async with self.database.begin() as connection:
                await officers.touch(connection, _digest(token), now=now)
        return officers.read_officer(row)

    async def leave(self, token: str, who: Officer) -> None:
        """The shift is over."""
        async with self.database.begin() as connection:
            await officers.end(connection, id=_digest(token), now=self.now())
            await accesses.note(connection, "logout", account=who.account, unit=who.unit, now=self.now())

    def _check(self, one: Officer) -> None:
        if (
            not one.account
            or len(one.account) > _ACCOUNT
            or not one.account.replace("-", "").replace("_", "").isalnum()
        ):
            raise ValueError(f"an account is 1 to {_ACCOUNT} letters, digits, - and _")
        if not 0 < len(one.name) <= 20:
            raise ValueError("a name has 1 to 20 characters")
        if not one.roles:
            raise ValueError("an officer has at least one role")
        if (Role.UNIT in one.roles) != bool(one.unit):
            raise ValueError("the role unit needs --unit, and only that role has one")
        if one.unit and one.unit not in self.units:
            raise ValueError(f"there is no unit {one.unit} in the directory")

    async def _change(
        self, account: str, what: str, *, by: str, ends_sessions: bool = False, **columns: object
    ) -> None:
        now = self.now()
        async with self.database.begin() as connection:
            if not await officers.change(connection, account, **columns):
                raise LookupError(f"there is no officer {account}; see minsheng officer list")
            if ends_sessions:
                await officers.end(connection, name=account, now=now)
            await accesses.note(connection, "officer", account=by, now=now, text=f"{what} {account}")


def _roles(given: Iterable[str]) -> frozenset[Role]:
    known = {role.value: role for role in OFFICERS}
    if unknown := sorted(set(given) - set(known)):
        raise ValueError(f"unknown role {', '.join(unknown)}; known are {', '.join(sorted(known))}")
    return frozenset(known[one] for one in given)


async def _hashed(password: str) -> str:
    if len(password) < SHORTEST:
        raise ValueError(f"a password has at least {SHORTEST} characters")
    return await asyncio.to_thread(_HASHER.hash, password)


def _fits(hashed: str, password: str) -> bool:
    try:
        return _HASHER.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
