"""The demonstration plays a whole day on a real hub, twice, and says how to start one where there is none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer, unused_port
from click.testing import CliRunner
from sqlalchemy import select

from bot.cli import main
from bot.demo import day
from bot.demo.people import people
from bot.demo.play import REJECTED, STEPS
from bot.running import working
from bot.services import Services, build
from bot.settings import load
from bot.store.engine import Database
from bot.store.migrating import migrate
from bot.store.tables import alarm, attachment, conversation, ticket
from bot.web.app import make_app
from dialog.emergency import detect
from dialog.lexicon import fold


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    url = f"sqlite+aiosqlite:///{tmp_path}/minsheng.db"
    await migrate(url)
    default = {
        "store": {"url": url},
        "files": {"folder": str(tmp_path / "files")},
        "city": {"policy": "demo"},
        "channels": {"app": {"web": {"jwt_secret": "j" * 40}}},
    }
    async with working(build(load(None, {}, default=default))) as running:
        yield running


@pytest.fixture
async def address(services: Services) -> AsyncIterator[str]:
    """Where the running hub answers."""
    async with TestServer(make_app(services)) as server:
        yield str(server.make_url(""))


def test_nobody_is_asked_about_a_danger_he_is_not_in() -> None:
    for one in people():
        for text in (*one.says, *one.then, *one.afterwards, *one.rates):
            alarm = detect(fold(text))
            assert alarm is None or alarm.certain, text


def test_every_fate_can_be_played() -> None:
    told = people()
    assert len(told) >= 25
    assert {one.fate for one in told} <= {"", "opened", REJECTED, *STEPS}
    for one in told:
        assert one.reply or one.fate not in {"replied", "passed", REJECTED}, one.name
        assert one.fate == "passed" or not one.rates, one.name


async def _found(database: Database) -> tuple[list[str], int, int, int]:
    async with database.read() as connection:
        states = list(await connection.scalars(select(ticket.c.state)))
        alarms = len((await connection.execute(select(alarm.c.id))).all())
        photos = len((await connection.execute(select(attachment.c.id))).all())
        waiting = len(
            (await connection.execute(select(conversation.c.id).where(conversation.c.owner == "queue"))).all()
        )
    return states, alarms, photos, waiting


async def test_a_day_leaves_tickets_in_every_state(
    services: Services, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(day, "SURVEY_WITHIN", 0.2)  # the ratings are another test's
    for times in (1, 2):
        told: list[str] = []
        await day.day(services, address, tell=told.append)
        states, alarms, photos, waiting = await _found(services.database)
        assert set(states) >= {
            "received",
            "to_dispatch",
            "dispatched",
            "handling",
            "to_review",
            "to_callback",
            "withdrawn",
        }
        assert (alarms, photos, waiting) == (times, 2 * times, 2 * times)
        assert any("已受理" in line for line in told)


async def test_who_waits_is_asked_and_rates(services: Services, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    raters = tuple(one for one in people() if one.rates)
    monkeypatch.setattr(day, "people", lambda: raters)
    told: list[str] = []
    await day.day(services, address, tell=told.append)
    async with services.database.read() as connection:
        rows = await connection.execute(select(ticket.c.state, ticket.c.first_satisfaction))
        rated = {(row.state, row.first_satisfaction) for row in rows}
    assert rated == {
        ("closed", "very"),
        ("closed", "satisfied"),
        ("closed", "basic"),
        ("handling", "dissatisfied"),
    }
    assert sum("（评价）" in line for line in told) == len(raters)


def test_without_a_hub_it_says_how_to_start_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["demo", "--address", f"http://127.0.0.1:{unused_port()}"])
    assert done.exit_code == 1
    assert "minsheng run" in done.output
