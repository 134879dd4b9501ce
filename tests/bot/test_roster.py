"""Officers' accounts: who may log in, for how long, and that all of it is written down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.roster import IDLE, SHIFT, Roster
from bot.store.citizens import accesses
from bot.store.engine import Database
from bot.store.tables import officer, officer_session
from tests.clock import Clock
from tickets.state import Role

PASSWORD = "correct horse battery"


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 9, 18, 9, tzinfo=UTC))


@pytest.fixture
def roster(database: Database, clock: Callable[[], datetime]) -> Roster:
    return Roster(database, clock, frozenset({"D04"}))


async def hired(roster: Roster, account: str = "li", roles: tuple[str, ...] = ("agent",), unit: str = "") -> None:
    await roster.add(account, "李敏", roles=roles, unit=unit, password=PASSWORD, by="root")


async def test_a_session_idles_ends_and_is_revoked(roster: Roster, clock: Clock, database: Database) -> None:
    await hired(roster)
    assert await roster.enter("li", "wrong") == ""
    assert await roster.enter("nobody", PASSWORD) == ""
    token = await roster.enter("li", PASSWORD)
    for _ in range(3):
        clock.now += IDLE - timedelta(minutes=1)
        seated = await roster.seated(token, works=True)
        assert seated is not None
        assert (seated.name, seated.roles) == ("李敏", {Role.AGENT})
    clock.now += IDLE - timedelta(minutes=1)
    assert await roster.seated(token, works=False)
    clock.now += timedelta(minutes=1)
    assert await roster.seated(token, works=True) is None, "a page that refreshes itself is nobody working"

    for revoke in (roster.set_password("li", PASSWORD + "!", by="root"), roster.disable("li", by="root")):
        token = await roster.enter("li", PASSWORD) or await roster.enter("li", PASSWORD + "!")
        assert await roster.seated(token, works=True)
        await revoke
        assert await roster.seated(token, works=True) is None
    assert await roster.enter("li", PASSWORD + "!") == "", "disabled"
    async with database.read() as connection:
        tokens = (await connection.scalars(select(officer_session.c.id))).all()
        hashed = await connection.scalar(select(officer.c.hash))
    assert token not in tokens
    assert hashed is not None
    assert hashed.startswith("$argon2id$")
    assert PASSWORD not in hashed
    deeds = [one["deed"] for one in await accesses.entries(database)]
    assert (deeds.count("login"), deeds.count("refused"), deeds.count("officer")) == (3, 4, 3)
    assert {one["account"] for one in await accesses.entries(database, deed="refused")} == {"", "li"}


async def test_a_shift_ends_even_for_who_never_rests(roster: Roster, clock: Clock) -> None:
    await hired(roster)
    token, start = await roster.enter("li", PASSWORD), clock.now
    while clock.now + IDLE / 2 < start + SHIFT:
        clock.now += IDLE / 2
        assert await roster.seated(token, works=True)
    clock.now = start + SHIFT
    assert await roster.seated(token, works=True) is None


async def test_roles_change_at_once(roster: Roster) -> None:
    await hired(roster)
    token = await roster.enter("li", PASSWORD)
    await roster.set_roles("li", ["unit"], unit="D04", by="root")
    seated = await roster.seated(token, works=True)
    assert seated is not None
    assert (seated.roles, seated.unit) == ({Role.UNIT}, "D04")


@pytest.mark.parametrize(
    ("account", "roles", "unit", "password", "why"),
    [
        ("li", ("agent",), "", PASSWORD, "already"),
        ("wang", ("citizen",), "", PASSWORD, "unknown role"),
        ("wang", (), "", PASSWORD, "at least one role"),
        ("wang", ("unit",), "", PASSWORD, "needs --unit"),
        ("wang", ("agent",), "D04", PASSWORD, "only that role"),
        ("wang", ("unit",), "X99", PASSWORD, "no unit X99"),
        ("wang", ("agent",), "", "short", "at least 10"),
        ("wang li", ("agent",), "", PASSWORD, "letters"),
    ],
)
async def test_what_cannot_be_is_refused(
    roster: Roster, *, account: str, roles: tuple[str, ...], unit: str, password: str, why: str
) -> None:
    await hired(roster)
    with pytest.raises(ValueError, match=why):
        await roster.add(account, "王", roles=roles, unit=unit, password=password, by="root")
    with pytest.raises(LookupError):
        await roster.disable("nobody", by="root")
