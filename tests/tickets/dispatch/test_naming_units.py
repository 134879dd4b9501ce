"""Whom an order may name: units of today's directory, and no street office for what departments keep (不得下沉)."""

from __future__ import annotations

from datetime import date

import pytest

from tests.tickets.desk import CALENDAR, FRIDAY, POLICY, Desk, draft, refused
from tickets.appeal import AppealType
from tickets.command import Command as C
from tickets.dispatch.catalogue import Rule
from tickets.lifecycle import advance
from tickets.orders import NotAllowed, Order
from tickets.state import Actor, Role
from tickets.units import Directory, Kind, Unit

DIRECTORY = Directory(
    (
        Unit(code="D04", name="天桥区", kind=Kind.DISTRICT, region="04"),
        Unit(code="D04C", name="天桥区城管局", kind=Kind.DISTRICT, parent="D04", level=3),
        Unit(code="D04S1", name="药山街道", kind=Kind.DISTRICT, parent="D04", level=3, region="04/药山街道"),
        Unit(code="M06", name="市生态环境局", kind=Kind.MUNICIPAL),
        Unit(code="M27", name="市地方金融局", kind=Kind.MUNICIPAL, valid_to=date(2026, 6, 30)),
        Unit(code="P09", name="还没有成立的局", kind=Kind.PARTY, valid_from=date(2027, 1, 1)),
    )
)


@pytest.mark.parametrize(
    ("code", "reason"), [("M27", "unit_ended"), ("P09", "unit_ended"), ("X99", "no_such_unit"), ("", "invalid:lead")]
)
def test_only_a_unit_of_today_is_named(code: str, reason: str) -> None:
    desk = Desk(directory=DIRECTORY)
    assert refused(desk, C.DISPATCH, Role.DISPATCHER, lead=code) == reason
    if code:
        assert refused(desk, C.DISPATCH, Role.DISPATCHER, lead="D04", co=("M06", code)) == reason
        assert refused(desk, C.TO_CONSULTATION, Role.DISPATCHER, reason="conflict", candidates=("D04", code)) == reason
        desk.give(C.DISPATCH, Role.DISPATCHER, lead="D04")
        assert refused(desk, C.ADD_CO, Role.DISPATCHER, co=(code,)) == reason
        desk.give(C.SIGN, Role.UNIT)
        assert refused(desk, C.REQUEST_CO, Role.UNIT, unit=code, reason="需配合") == reason


def test_a_panel_names_a_unit_of_today() -> None:
    desk = Desk(directory=DIRECTORY)
    desk.give(C.TO_CONSULTATION, Role.DISPATCHER, reason="conflict", candidates=("D04", "M06"))
    assert refused(desk, C.DECIDE_LEAD, Role.PANELIST, lead="M27", minutes="纪要") == "unit_ended"
    desk.by("陈", C.DECIDE_LEAD, Role.PANELIST, lead="M06", minutes="纪要", members=("丁",))
    logged = desk.events[-1].data
    assert (logged["panel"], logged["consultation"]) == (["陈", "丁"], 1)


def carried(desk: Desk, order: Order, rule: Rule | None) -> str:
    try:
        done = advance(
            desk.ticket,
            order,
            policy=POLICY,
            calendar=CALENDAR,
            now=FRIDAY,
            directory=DIRECTORY,
            rule=lambda: rule,
        )
    except NotAllowed as no:
        return no.reason
    desk.ticket = done.ticket
    return ""


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (None, ""),
        (Rule(category="0106", lead="D04"), ""),
        (Rule(category="0106", lead="D04", department_only=True), "department_only"),
    ],
)
def test_what_departments_keep_goes_to_no_street(rule: Rule | None, reason: str) -> None:
    street = Order(C.DISPATCH, Actor(Role.DISPATCHER, "白"), {"lead": "D04S1"})
    assert carried(Desk(directory=DIRECTORY), street, rule) == reason
    desk = Desk(directory=DIRECTORY)
    lead = Actor(Role.UNIT, "D04")
    assert carried(desk, Order(C.DISPATCH, Actor(Role.DISPATCHER, "白"), {"lead": "D04"}), rule) == ""
    assert carried(desk, Order(C.SIGN, lead), rule) == ""
    assert carried(desk, Order(C.SUB_DISPATCH, lead, {"unit": "D04S1"}), rule) == reason
    assert carried(desk, Order(C.SUB_DISPATCH, lead, {"unit": "D04C"}), rule) == "", "a bureau is no street"


def test_the_system_dispatches_no_report() -> None:
    desk = Desk(draft(AppealType.REPORT), directory=DIRECTORY)
    assert refused(desk, C.DISPATCH, Role.SYSTEM, lead="M06") == "not_automatic"
