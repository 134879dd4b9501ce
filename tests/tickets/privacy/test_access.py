"""Who may see what: the table of domain.md §7.3 cell by cell where it matters, and the veil over rows."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tickets.privacy.access import (
    OFFICERS,
    FieldClass,
    Look,
    Officer,
    Relation,
    Sight,
    may_ask,
    may_hear,
    needs_second,
    relation_of,
    sees,
    veil,
)
from tickets.state import Role

P0, P1, P2, P3, RATING = (
    FieldClass.IDENTITY,
    FieldClass.CONTACT,
    FieldClass.CONTENT,
    FieldClass.MATTER,
    FieldClass.RATING,
)
OWN, OTHER = Relation.OWN, Relation.OTHER
ROW: dict[str, Any] = {
    "number": "2609180002175",
    "title": "举报公司不交社保",
    "content": "我叫王小明，电话13800138000，公司不交社保",
    "unit_text": "",
    "phone": "13800138000",
    "query_code": "0123456789",
    "latitude": 36.6,
    "attachments": ["photo"],
    "satisfaction": "dissatisfied",
    "category": "0501",
}


def officer(*roles: Role, unit: str = "") -> Officer:
    return Officer("li", "李", frozenset(roles), unit)


def look(*roles: Role, relation: Relation = OWN, secret: bool = False, revealed: tuple[FieldClass, ...] = ()) -> Look:
    return Look(officer=officer(*roles), relation=relation, secret=secret, revealed=frozenset(revealed))


@pytest.mark.parametrize("role", OFFICERS)
def test_nobody_sees_identity_or_a_whole_number_unrevealed(role: Role) -> None:
    for relation, secret in itertools.product(Relation, (True, False)):
        one = look(role, relation=relation, secret=secret)
        assert one.sees(P0) is Sight.HIDDEN
        assert one.sees(P1) is not Sight.FULL
        seen = veil(ROW, one)
        assert "13800138000" not in repr(seen)
        assert "小明" not in repr(seen)


def test_the_table() -> None:
    assert sees(officer(Role.AGENT), P2, OTHER, secret=True) is Sight.FULL
    assert sees(officer(Role.UNIT), P2, OTHER, secret=False) is Sight.HIDDEN
    assert sees(officer(Role.UNIT), P3, OTHER, secret=False) is Sight.HIDDEN
    assert sees(officer(Role.UNIT), P2, OWN, secret=True) is Sight.MASKED
    assert sees(officer(Role.UNIT), P1, OWN, secret=False) is Sight.MASKED
    assert sees(officer(Role.UNIT), P1, OWN, secret=True) is Sight.HIDDEN
    assert sees(officer(Role.UNIT), RATING, OWN, secret=False) is Sight.HIDDEN
    assert sees(officer(Role.DISPATCHER), P1, OTHER, secret=False) is Sight.MASKED
    assert sees(officer(Role.ANALYST), P2, OTHER, secret=False) is Sight.MASKED
    for role in (Role.KB_EDITOR, Role.AUDITOR, Role.SYSADMIN):
        assert not look(role).at_all
    both = officer(Role.AUDITOR, Role.AGENT)
    assert sees(both, P2, OTHER, secret=False) is Sight.FULL, "the best of his roles"


def test_a_reveal_lifts_one_class_only() -> None:
    one = look(Role.AGENT, revealed=(P1,))
    seen = veil(ROW, one)
    assert seen["phone"] == "13800138000"
    assert "13800138000" not in seen["content"]
    assert ROW["content"] == veil(ROW, look(Role.AGENT, revealed=(P0,)))["content"]


def test_who_may_ask_and_who_needs_a_second_person() -> None:
    agent, unit = officer(Role.AGENT), officer(Role.UNIT, unit="D04")
    assert may_ask(agent, P1, OWN, secret=False)
    assert not needs_second(agent, P1, OWN, secret=False)
    assert needs_second(agent, P1, OWN, secret=True), "a confidential citizen"
    assert not may_ask(agent, P1, OTHER, secret=False)
    assert not may_ask(agent, P2, OWN, secret=False)
    assert may_ask(unit, P0, OWN, secret=False)
    assert needs_second(unit, P0, OWN, secret=False), "the table gives units no identity"
    assert not may_ask(unit, P0, OWN, secret=True)
    assert not may_ask(unit, P1, OTHER, secret=False)
    assert not may_ask(officer(Role.SUPERVISOR), P1, OTHER, secret=False)


def test_a_unit_reads_what_was_written_for_it_or_the_scrubbed_words() -> None:
    one = look(Role.UNIT, secret=True)
    seen = veil(ROW, one)
    assert seen["content"] == "我叫〔姓名〕，电话〔手机号〕，公司不交社保"
    assert (seen["phone"], seen["attachments"], seen["latitude"], seen["satisfaction"]) == ("", [], None, "")
    assert seen["category"] == "0501"
    assert veil(ROW | {"unit_text": "某公司未缴社保"}, one)["content"] == "某公司未缴社保"
    assert veil(ROW | {"unit_text": "某公司未缴社保"}, look(Role.AGENT, secret=True))["content"].startswith("我叫王**")


def test_how_a_ticket_stands_to_an_officer() -> None:
    unit, agent = officer(Role.UNIT, unit="D04"), officer(Role.AGENT)
    assert relation_of(unit, ["D04"]) is OWN
    assert relation_of(unit, ["D05", "M01"]) is OTHER
    assert relation_of(agent, ["D04"], talking="li") is OWN
    assert relation_of(agent, ["D04"], talking="zhao") is OTHER
    assert relation_of(officer(Role.CALLBACK_OFFICER), [], state="to_callback") is OWN
    assert relation_of(officer(Role.DISCIPLINE), [], referred=True) is OWN
    assert officer(Role.UNIT, unit="D04").acts_for("D05") == "D04"
    assert officer(Role.AGENT).acts_for("D05") == ""


@pytest.mark.parametrize(
    ("role", "own", "others"),
    [
        (Role.AGENT, True, False),
        (Role.SUPERVISOR, True, True),
        (Role.UNIT, False, False),
        (Role.DISPATCHER, False, False),
    ],
)
def test_who_may_hear_a_recording(role: Role, own: bool, others: bool) -> None:
    who = officer(role)
    assert may_hear(who, by=who.account) is own
    assert may_hear(who, by="zhao") is others
