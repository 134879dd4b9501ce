"""The line on a FreeSWITCH (played): its events become steps, its legs are moved, its refusals are told apart."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from channels.adapter import Tools
from channels.calls import CallEvent as E
from channels.calls import Direction, Party
from channels.errors import Credential, Later, Malformed, Never, Unknown
from channels.phone.building import build
from channels.phone.freeswitch.line import FreeswitchLine
from channels.phone.settings import PhoneSettings
from channels.switch import Legs, Switch, unit_leg
from channels.three_way import Deed
from tests.channels.contract.mutate import mutations
from tests.channels.phone.case import SECRET
from tests.channels.phone.freeswitch import PASSWORD, Freeswitch, playing
from tests.channels.phone.hearing import heard, until

CITIZEN = "13800138000"
NOW = datetime(2026, 9, 18, 2, 0, tzinfo=UTC)


def line(port: int, **esl: Any) -> FreeswitchLine:
    settings = PhoneSettings.model_validate(
        {
            "hook_secret": SECRET,
            "lines": ["12345"],
            "caller_id": "053112345",
            "esl": {"port": port, "password": PASSWORD, "timeout_seconds": 0.5} | esl,
        }
    )
    made = build("city", settings, Tools(now=lambda: NOW, http=lambda: None))
    assert isinstance(made, FreeswitchLine)
    assert isinstance(made, Switch)
    return made


async def talking(switch: Freeswitch) -> str:
    await switch.calls_in("c1", f"+86{CITIZEN}")
    agent = await switch.rings("c1", "1001")
    await switch.picks_up("c1", agent)
    return agent


async def test_a_call_is_told_step_by_step() -> None:
    async with playing() as (switch, port), heard(line(port), switch.listening) as steps:
        agent = await talking(switch)
        await switch.tell("HEARTBEAT")
        await switch.hangs_up(agent)
        await switch.hangs_up("c1")
        await until(lambda: steps and steps[-1].what is E.ENDED)
        assert [(step.what, step.extension) for step in steps] == [
            (E.QUEUED, ""),
            (E.RINGING, "1001"),
            (E.RINGING, "1001"),
            (E.ANSWERED, "1001"),
            (E.PARTY_ON, ""),
            (E.PARTY_OFF, ""),
            (E.ENDED, ""),
        ]
        assert {step.call_id for step in steps} == {"c1"}
        assert (steps[0].peer, steps[0].line, steps[0].direction) == (CITIZEN, "12345", Direction.IN)
        assert (steps[4].leg, steps[-1].cause, steps[-1].talked) == (agent, "NORMAL_CLEARING", None)


async def test_a_queue_bridges_the_other_way_round() -> None:
    async with playing() as (switch, port), heard(line(port), switch.listening) as steps:
        await switch.calls_in("c1", CITIZEN)
        agent = await switch.rings("c1", "1001")
        await switch.tell("CHANNEL_BRIDGE", agent)
        await until(lambda: steps and steps[-1].party)
        assert [(step.what, step.extension, step.leg) for step in steps[-2:]] == [
            (E.ANSWERED, "1001", ""),
            (E.PARTY_ON, "", agent),
        ]


async def test_a_unit_is_consulted_joined_and_left_with_the_citizen() -> None:
    async with playing() as (switch, port), heard(one := line(port), switch.listening) as steps:
        agent = await talking(switch)
        legs = Legs("c1", agent, unit_leg(7, "c1"))
        for _ in range(2):  # every deed may be done twice
            await one.do(Deed.HOLD_CITIZEN, legs)
        assert switch.rooms == {"c1": "hub-c1-hold", agent: "hub-c1"}
        await one.do(Deed.RING_UNIT, legs, number="053180001")
        assert switch.legs[legs.unit]["asked"] == (
            "originate {origination_uuid=hub-unit-7-c1,origination_caller_id_number=053112345,originate_timeout=30,"
            "ignore_early_media=true}sofia/gateway/city/053180001 &conference(hub-c1@default)"
        )
        await switch.answers(legs.unit)
        await until(lambda: steps[-1].party is Party.UNIT)
        assert (steps[-1].what, steps[-1].call_id) == (E.PARTY_ON, "c1")
        await one.do(Deed.CONNECT_UNIT, legs)
        assert {leg for leg, room in switch.rooms.items() if room == "hub-c1"} == {agent, legs.unit}
        await one.do(Deed.JOIN_CITIZEN, legs)
        assert set(switch.rooms.values()) == {"hub-c1"}
        for _ in range(2):
            await one.do(Deed.DROP_AGENT, legs)
        assert set(switch.rooms) == {"c1", legs.unit}
        await switch.hangs_up(legs.unit)
        await until(lambda: steps[-1].what is E.PARTY_OFF and steps[-1].party is Party.UNIT)
        await one.do(Deed.DROP_CITIZEN, legs)
        assert switch.legs == {}


async def test_a_unit_that_cannot_be_rung_is_gone() -> None:
    async with playing() as (switch, port), heard(one := line(port), switch.listening) as steps:
        agent = await talking(switch)
        switch.no_gateway = True
        await one.do(Deed.RING_UNIT, Legs("c1", agent, unit_leg(7, "c1")), number="053180001")
        await until(lambda: steps[-1].party is Party.UNIT)
        assert (steps[-1].what, steps[-1].call_id, steps[-1].leg) == (E.PARTY_OFF, "c1", "hub-unit-7-c1")
        await one.dial("1001", CITIZEN, call="hub-out-1")
        await until(lambda: steps[-1].call_id == "hub-out-1")
        assert (steps[-1].what, steps[-1].cause, steps[-1].direction) == (E.ENDED, "GATEWAY_DOWN", Direction.OUT)


async def test_whose_agent_was_lost_goes_back_into_the_queue() -> None:
    async with playing() as (switch, port), heard(one := line(port), switch.listening):
        legs = Legs("c1", await talking(switch))
        await one.do(Deed.HOLD_CITIZEN, legs)
        await one.do(Deed.REQUEUE_CITIZEN, legs)
        assert switch.commands[-1] == "api uuid_transfer c1 12345 XML default"


async def test_a_number_is_dialled_from_the_agents_phone() -> None:
    async with playing() as (switch, port), heard(one := line(port), switch.listening) as steps:
        await one.dial("1001", CITIZEN, call="hub-out-1")
        assert switch.legs["hub-out-1"]["asked"].endswith("user/1001 13800138000 XML default")
        switch.legs["out"] = {"Unique-ID": "out", "Caller-Destination-Number": CITIZEN, "Call-Direction": "outbound"}
        await switch.picks_up("hub-out-1", "out")
        await switch.hangs_up("hub-out-1")
        await until(lambda: steps and steps[-1].what is E.ENDED)
        assert [(step.what, step.direction, step.extension) for step in steps] == [
            (E.ANSWERED, Direction.OUT, ""),
            (E.ENDED, Direction.OUT, ""),
        ]


@pytest.mark.parametrize("word", ["c1\napi shutdown", "c1 x", "", "a" * 200, "c1;x"])
async def test_no_name_becomes_a_command(word: str) -> None:
    async with playing() as (switch, port):
        one = line(port)
        with pytest.raises(Never):
            await one.do(Deed.DROP_UNIT, Legs(word, "", word or "x y"))
        with pytest.raises(Never):
            await one.dial(word, CITIZEN, call="hub-out-1")
        assert switch.commands == []


async def test_refusals_and_silence_are_told_apart() -> None:
    legs = Legs("nobody", "", unit_leg(1, "nobody"))
    async with playing() as (switch, port):
        await line(port).do(Deed.DROP_UNIT, legs)
        with pytest.raises(Credential):
            await line(port, password="another").do(Deed.DROP_UNIT, legs)
        with pytest.raises(Credential):
            await anext(line(port, password="another").poll(""))
        switch.silent = True
        with pytest.raises(Unknown):
            await line(port).do(Deed.DROP_UNIT, legs)
        switch.silent, switch.rude = False, True
        with pytest.raises(Credential):
            await line(port).do(Deed.DROP_UNIT, legs)
    with pytest.raises(Later):
        await line(port).do(Deed.DROP_UNIT, legs)
    with pytest.raises(Later):
        await anext(line(port).poll(""))


def test_the_password_it_comes_with_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"event_socket\.conf"):
        line(8021, password="ClueCon")


CREATE = json.dumps(
    {
        "Event-Name": "CHANNEL_CREATE",
        "Core-UUID": "42bdf272",
        "Event-Sequence": "500",
        "Event-Date-Timestamp": "1209685023894968",
        "Unique-ID": "7f4db78a-17d7-11dd-b7a0-db4edd065621",
        "Call-Direction": "inbound",
        "Caller-Caller-ID-Number": CITIZEN,
        "Caller-Destination-Number": "12345",
    }
).encode()


def test_whatever_it_sends_is_read_or_refused() -> None:
    one = line(8021)
    (step,) = one.read(CREATE, at=NOW).calls
    assert (step.what, step.peer, step.at.isoformat()) == (E.QUEUED, CITIZEN, "2008-05-01T23:37:03.894968+00:00")
    for body in mutations(CREATE, count=500, name="esl"):
        try:
            steps = one.read(body, at=NOW).calls
        except Malformed:
            continue
        assert all(len(step.call_id) <= 128 and len(step.leg) <= 128 for step in steps)
