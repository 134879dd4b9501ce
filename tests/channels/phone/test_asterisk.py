"""The line on an Asterisk (played): its events become steps, its legs are moved, its refusals are told apart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import ClientSession

from channels.adapter import Tools
from channels.calls import CallEvent as E
from channels.calls import Direction, Party
from channels.errors import Credential, Later, Malformed, Never
from channels.phone.asterisk.line import AsteriskLine
from channels.phone.building import build
from channels.phone.settings import PhoneSettings
from channels.switch import Legs, Switch, unit_leg
from channels.three_way import Deed
from tests.channels.contract.mutate import mutations
from tests.channels.phone.asterisk import PASSWORD, Asterisk, playing
from tests.channels.phone.case import SECRET
from tests.channels.phone.hearing import heard, until

CITIZEN = "13800138000"
NOW = datetime(2026, 9, 18, 2, 0, tzinfo=UTC)


@asynccontextmanager
async def line(url: str, **ari: Any) -> AsyncIterator[AsteriskLine]:
    settings = PhoneSettings.model_validate(
        {
            "hook_secret": SECRET,
            "lines": ["12345"],
            "ari": {"url": url, "user": "hub", "password": PASSWORD, "timeout_seconds": 0.5} | ari,
        }
    )
    async with ClientSession() as http:
        made = build("city", settings, Tools(now=lambda: NOW, http=lambda: http))
        assert isinstance(made, AsteriskLine)
        assert isinstance(made, Switch)
        yield made


async def talking(asterisk: Asterisk) -> str:
    await asterisk.calls_in("c1", f"+86{CITIZEN}")
    leg = await asterisk.rings("c1", "1001")
    await asterisk.picks_up("c1", leg)
    await until(lambda: asterisk.room_of("c1") == asterisk.room_of(leg) == "hub-c1")
    return leg


async def test_a_call_is_told_step_by_step_and_its_two_are_connected() -> None:
    async with playing() as (asterisk, url), line(url) as one, heard(one, asterisk.listening) as steps:
        leg = await talking(asterisk)
        await asterisk.calls_in("internal", "1002", exten="1003")
        await asterisk.hangs_up("internal")
        await asterisk.hangs_up(leg)
        await asterisk.hangs_up("c1", "Normal Clearing")
        await until(lambda: steps and steps[-1].what is E.ENDED)
        told = [(step.what, step.extension) for step in steps if step.what not in (E.PARTY_ON, E.PARTY_OFF)]
        assert told == [(E.QUEUED, ""), (E.RINGING, "1001"), (E.RINGING, "1001"), (E.ANSWERED, "1001"), (E.ENDED, "")]
        assert {step.call_id for step in steps} == {"c1"}
        assert (steps[0].peer, steps[0].line, steps[0].direction) == (CITIZEN, "12345", Direction.IN)
        assert [(step.what, step.leg) for step in steps if step.party] == [(E.PARTY_ON, leg), (E.PARTY_OFF, leg)]
        await until(lambda: asterisk.bridges == {})


async def test_what_was_there_before_us_is_known() -> None:
    async with playing() as (asterisk, url), line(url) as one:
        async with heard(one, asterisk.listening):
            leg = await talking(asterisk)
        asterisk.listening.clear()
        asterisk.sockets.clear()
        async with heard(one, asterisk.listening) as steps:
            await asterisk.hangs_up(leg)
            await asterisk.hangs_up("c1")
            await until(lambda: len(steps) == 2)
            assert [step.what for step in steps] == [E.PARTY_OFF, E.ENDED]


async def test_a_unit_is_consulted_joined_and_left_with_the_citizen() -> None:
    async with playing() as (asterisk, url), line(url) as one, heard(one, asterisk.listening) as steps:
        agent = await talking(asterisk)
        legs = Legs("c1", agent, unit_leg(7, "c1"))
        for _ in range(2):  # every deed may be done twice
            await one.do(Deed.HOLD_CITIZEN, legs)
            await one.do(Deed.RING_UNIT, legs, number="053180001")
        assert asterisk.bridges["hub-c1-hold"] == {
            "id": "hub-c1-hold", "bridge_type": "holding", "channels": ["c1"],
        }  # fmt: skip
        asked = asterisk.channels[legs.unit]["asked"]
        assert (asked["endpoint"], asked["appArgs"], asked["timeout"]) == ("PJSIP/053180001@trunk", "unit,c1", "30")
        await asterisk.enters(legs.unit, "unit", "c1")
        await until(lambda: steps[-1].party is Party.UNIT)
        assert (steps[-1].what, steps[-1].leg, steps[-1].call_id) == (E.PARTY_ON, legs.unit, "c1")
        await one.do(Deed.CONNECT_UNIT, legs)
        assert asterisk.bridges["hub-c1"]["channels"] == [agent, legs.unit]
        await one.do(Deed.JOIN_CITIZEN, legs)
        assert asterisk.bridges["hub-c1"]["channels"] == [agent, legs.unit, "c1"]
        for _ in range(2):
            await one.do(Deed.DROP_AGENT, legs)
        assert asterisk.bridges["hub-c1"]["channels"] == [legs.unit, "c1"]
        await asterisk.hangs_up(legs.unit)
        await until(lambda: steps[-1].what is E.PARTY_OFF and steps[-1].party is Party.UNIT)
        await one.do(Deed.DROP_CITIZEN, legs)
        assert asterisk.channels == {}


async def test_whose_agent_was_lost_goes_back_into_the_queue() -> None:
    async with playing() as (asterisk, url), line(url) as one, heard(one, asterisk.listening):
        agent = await talking(asterisk)
        legs = Legs("c1", agent, unit_leg(7, "c1"))
        await one.do(Deed.HOLD_CITIZEN, legs)
        await one.do(Deed.REQUEUE_CITIZEN, legs)
        assert "POST /ari/channels/c1/continue" in asterisk.asked
        assert (asterisk.room_of("c1"), "c1" in asterisk.stasis) == ("", False)


async def test_a_number_is_dialled_from_the_agents_phone() -> None:
    async with playing() as (asterisk, url), line(url) as one, heard(one, asterisk.listening) as steps:
        await one.dial("1001", CITIZEN, call="hub-out-1")
        asked = asterisk.channels["hub-out-1"]["asked"]
        assert (asked["endpoint"], asked["extension"], asked["context"]) == ("PJSIP/1001", CITIZEN, "hub-out")
        leg = await asterisk.rings("hub-out-1", "20000")
        await asterisk.tell(
            "Dial", caller=asterisk.channels["hub-out-1"], peer=asterisk.channels[leg], dialstatus="ANSWER"
        )
        await asterisk.hangs_up("hub-out-1")
        await until(lambda: steps and steps[-1].what is E.ENDED)
        assert [(step.what, step.direction, step.extension) for step in steps] == [
            (what, Direction.OUT, "") for what in (E.RINGING, E.RINGING, E.ANSWERED, E.ENDED)
        ]


async def test_refusals_and_silence_are_told_apart() -> None:
    legs = Legs("nobody", "", unit_leg(1, "nobody"))
    async with playing() as (asterisk, url), line(url) as one:
        with pytest.raises(Never):
            await one.do(Deed.JOIN_CITIZEN, legs)
        asterisk.no_trunk = True
        with pytest.raises(Later):
            await one.do(Deed.RING_UNIT, legs, number="053180001")
        asterisk.hangs = True
        with pytest.raises(Later):
            await one.do(Deed.DROP_UNIT, legs)
        asterisk.hangs, asterisk.password = False, "another"
        with pytest.raises(Credential):
            await one.do(Deed.DROP_UNIT, legs)
        with pytest.raises(Credential):
            await anext(one.poll(""))
    async with line(url) as one:
        with pytest.raises(Later):
            await anext(one.poll(""))
        with pytest.raises(Later):
            await one.do(Deed.DROP_UNIT, legs)


async def test_another_program_took_the_application_over() -> None:
    async with playing() as (asterisk, url), line(url) as one:
        first = asyncio.create_task(anext(one.poll("")))
        await asyncio.wait_for(asterisk.listening.wait(), 5)
        asterisk.listening.clear()
        second = asyncio.create_task(anext(one.poll("")))
        with pytest.raises(Later):
            await asyncio.wait_for(first, 5)
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)


START = (
    b'{"type":"StasisStart","timestamp":"2014-05-20T13:15:27.131-0500","args":["agent","1400609726.2"],"channel":{"id":'
    b'"1400609726.3","name":"PJSIP/1000-00000001","caller":{"name":"","number":""},"dialplan":{"exten":"1000"}}}'
)


async def test_whatever_it_sends_is_read_or_refused() -> None:
    async with line("http://127.0.0.1:1") as one:
        (step,) = one.read(START, at=NOW).calls
        assert (step.call_id, step.leg, step.at.isoformat()) == (
            "1400609726.2", "1400609726.3", "2014-05-20T18:15:27.131000+00:00",
        )  # fmt: skip
        for body in mutations(START, count=500, name="ari"):
            try:
                steps = one.read(body, at=NOW).calls
            except Malformed:
                continue
            assert all(len(step.call_id) <= 128 and len(step.leg) <= 128 for step in steps)
