"""Everything that goes wrong with providers, tried with every channel that can have it, through the whole hub."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path

import pytest

from bot.city import load_city
from tests.conftest import KINDS
from tests.faults.case import COMING, Fault
from tests.faults.cases import CASES
from tests.faults.house import House, running
from tests.faults.tries import TRIES

WIRE = {Fault.CUT_COMING, Fault.SILENT_LINE}
STORED = {*COMING, Fault.EARLY_REPORT, Fault.LATE_REPORT, Fault.OUTAGE} - WIRE
"""Faults whose answer is a constraint or a lock of the database: they are tried on both kinds. How a line's end or an
answer of the provider is judged hangs on neither, and the outbox itself is tried on both in tests/bot/outbox."""
TRIALS = [
    pytest.param(name, fault, kind, id=f"{name}-{fault.name.lower()}-{kind}")
    for name, case in CASES.items()
    for fault in Fault
    for kind in (KINDS if fault in STORED else KINDS[:1])
    if fault not in case.cannot
]

ONE_CITY = cache(load_city)
"""Read once: its half second would be most of a trial."""


@pytest.fixture
async def house(
    request: pytest.FixtureRequest, name: str, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    case = CASES[name]
    monkeypatch.setattr("bot.journey.polling.WAITS", (0.05, 0.1))
    monkeypatch.setattr("bot.assembly.ground.load_city", ONE_CITY)
    for where, seconds in case.patience.items():
        monkeypatch.setattr(where, seconds)
    async with running(case, database_url, tmp_path, request.getfixturevalue) as one:
        yield one


@pytest.mark.parametrize(("name", "fault", "database_url"), TRIALS, indirect=["database_url"])
async def test_nothing_is_lost_nothing_doubled_and_the_order_kept(house: House, name: str, fault: Fault) -> None:
    await (CASES[name].tries.get(fault) or TRIES[fault])(house)
    await house.check()
