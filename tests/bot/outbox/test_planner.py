"""Which way a message takes, case by case."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.outbox.ledger import Ledger
from bot.outbox.planner import RESULTS, Case, Elsewhere, Line, Sender, Step, plan
from bot.outbox.why import READING, Why
from channels import registry
from channels.capabilities import Permit
from channels.message import Address, Notice, Say
from tests.bot.outbox.provider import FREE, TEXTS, UNCOUNTED_DAYS, WINDOWED

NOW = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
WORDS = Say("您好")
RESULT = Notice("ticket.replied")
LESSER = Notice("ticket.dispatched")
TEMPLATES = frozenset({"ticket.replied", "ticket.dispatched"})
WECHAT = Line(capabilities=WINDOWED)
WECHAT_T = Line(capabilities=WINDOWED, templates=TEMPLATES)
PHONE = Elsewhere(address=Address("texts", "city", "13800138000"), line=Line(capabilities=TEXTS, templates=TEMPLATES))
CHAT = Elsewhere(address=Address("free", "city", "u"), line=Line(capabilities=FREE))
WEIBO = Line(capabilities=UNCOUNTED_DAYS)
WECHAT_S = Line(capabilities=WINDOWED, templates=TEMPLATES, permits={"ticket.replied": Permit("T1")})
ALLOWED = {"T1": 1}
TELEPHONE = Line(capabilities=registry.load("phone").capabilities)
MUTE = replace(PHONE, line=Line(capabilities=TEXTS, templates=TEMPLATES, free_text=False))


def case(body, left: int = 0, *, sender: Sender = Sender.SYSTEM, priority: int = 5, line: Line = WECHAT, **more):
    ledger = Ledger(left, LATER)
    return Case(body=body, sender=sender, priority=priority, line=line, ledger=ledger, **more)


BOT = {"sender": Sender.BOT, "priority": 1}
AGENT = {"sender": Sender.AGENT, "priority": 2}

TABLE = [
    # what                                                       step             route       why
    (case(WORDS, 0, line=Line(capabilities=FREE), **BOT), Step.SEND, "direct", Why.FREE),
    (case(WORDS, 3, **BOT), Step.SEND, "direct", Why.IN_WINDOW),
    (case(WORDS, 2, **BOT), Step.DEAD, "", Why.NO_WAY),
    (case(WORDS, 2, **BOT, elsewhere=(PHONE,)), Step.DEAD, "", Why.NO_WAY),
    (case(WORDS, 5, **BOT, agent_holds=True), Step.CANCEL, "", Why.AGENT_HOLDS),
    (case(WORDS, 1, **AGENT, agent_holds=True), Step.SEND, "direct", Why.IN_WINDOW),
    (case(WORDS, 0, **AGENT, elsewhere=(PHONE,)), Step.READDRESS, "", Why.PHONE),
    (case(WORDS, 0, **AGENT, elsewhere=(MUTE,)), Step.DEAD, "", Why.NO_WAY),
    (case(LESSER, 5, agent_holds=True), Step.SEND, "direct", Why.IN_WINDOW),
    (case(LESSER, 2, line=WECHAT_T), Step.SEND, "template", Why.TEMPLATE),
    (case(LESSER, 2, elsewhere=(PHONE,)), Step.READDRESS, "", Why.PHONE),
    (case(LESSER, 2), Step.CANCEL, "", Why.RESERVE_KEPT),
    (case(LESSER, 0), Step.CANCEL, "", Why.NO_WAY),
    (case(LESSER, 5, opted_out=True, elsewhere=(PHONE,)), Step.CANCEL, "", Why.OPTED_OUT),
    (case(LESSER, 5, unreachable=True, elsewhere=(PHONE,)), Step.READDRESS, "", Why.PHONE),
    (case(RESULT, 2, line=WECHAT_T), Step.SEND, "direct", Why.IN_WINDOW),
    (case(RESULT, 1, line=WECHAT_T), Step.SEND, "template", Why.TEMPLATE),
    (case(RESULT, 1, elsewhere=(MUTE,)), Step.READDRESS, "", Why.PHONE),
    (case(RESULT, 1), Step.SEND, "direct", Why.LAST_OF_WINDOW),
    (case(RESULT, 1, elsewhere=(replace(PHONE, willing=False),)), Step.SEND, "direct", Why.LAST_OF_WINDOW),
    (case(RESULT, 0), Step.CALL, "call", Why.CALL),
    (case(RESULT, line=TELEPHONE), Step.CALL, "call", Why.CALL),
    (case(RESULT, line=TELEPHONE, elsewhere=(PHONE,)), Step.READDRESS, "", Why.PHONE),
    (case(LESSER, line=TELEPHONE, elsewhere=(PHONE,)), Step.READDRESS, "", Why.PHONE),
    (case(LESSER, line=TELEPHONE), Step.CANCEL, "", Why.NO_WAY),
    (case(WORDS, line=TELEPHONE, **BOT), Step.DEAD, "", Why.NO_WAY),
    (case(RESULT, 5, opted_out=True, elsewhere=(PHONE,)), Step.READDRESS, "", Why.PHONE),
    (case(RESULT, 5, opted_out=True), Step.CALL, "call", Why.CALL),
    (case(RESULT, 5, line=WECHAT_T, failed="direct"), Step.SEND, "template", Why.TEMPLATE),
    (case(RESULT, 5, line=WECHAT_T, failed="template", elsewhere=(PHONE,)), Step.READDRESS, "", Why.PHONE),
    (case(RESULT, 5, line=WECHAT_T, failed="template"), Step.CALL, "call", Why.CALL),
    (case(RESULT, 0, line=WECHAT_S, allowed=ALLOWED), Step.SEND, "subscription", Why.SUBSCRIBED),
    (case(RESULT, 5, line=WECHAT_S, allowed=ALLOWED), Step.SEND, "direct", Why.IN_WINDOW),
    (case(RESULT, 5, line=WECHAT_S, allowed=ALLOWED, failed="direct"), Step.SEND, "subscription", Why.SUBSCRIBED),
    (case(RESULT, 0, line=WECHAT_S, allowed=ALLOWED, failed="subscription"), Step.SEND, "template", Why.TEMPLATE),
    (case(RESULT, 0, line=WECHAT_S, allowed={"T2": 1}), Step.SEND, "template", Why.TEMPLATE),
    (case(RESULT, 0, line=WECHAT_S, allowed={"T1": 0}, elsewhere=(PHONE,)), Step.SEND, "template", Why.TEMPLATE),
    (case(LESSER, 0, line=WECHAT_S, allowed=ALLOWED), Step.SEND, "template", Why.TEMPLATE),
    (case(WORDS, 0, line=WECHAT_S, allowed=ALLOWED, **BOT), Step.DEAD, "", Why.NO_WAY),
    (case(RESULT, 0, line=WECHAT_S, allowed=ALLOWED, opted_out=True), Step.CALL, "call", Why.CALL),
    (case(RESULT, 0, line=PHONE.line, original=False, failed="direct"), Step.SEND, "template", Why.TEMPLATE),
    (case(RESULT, 0, line=PHONE.line, original=False, failed="template"), Step.CALL, "call", Why.CALL),
    (case(LESSER, 0, elsewhere=(CHAT, PHONE)), Step.READDRESS, "", Why.OTHER_CHANNEL),
    (case(LESSER, 0, only_here=True), Step.CANCEL, "", Why.ONLY_HERE),
    (case(RESULT, 0, only_here=True), Step.DEAD, "", Why.ONLY_HERE),
    (case(RESULT, 1, only_here=True), Step.SEND, "direct", Why.LAST_OF_WINDOW),
    (case(LESSER, 1, priority=0, opted_out=True), Step.SEND, "direct", Why.IN_WINDOW),
    (case(LESSER, 0, priority=0), Step.DEAD, "", Why.NO_WAY),
    (case(WORDS, 1, line=WEIBO, **BOT), Step.SEND, "direct", Why.IN_WINDOW),
    (case(WORDS, 0, line=WEIBO, **BOT), Step.DEAD, "", Why.NO_WAY),
    (case(WORDS, 0, line=WEIBO, **AGENT), Step.DEAD, "", Why.NO_WAY),
    (case(LESSER, 999_999, line=WEIBO), Step.SEND, "direct", Why.IN_WINDOW),
    (case(RESULT, 0, line=WEIBO, elsewhere=(PHONE,)), Step.READDRESS, "", Why.PHONE),
]


@pytest.mark.parametrize(("given_case", "step", "route", "why"), TABLE)
def test_the_first_open_way_is_taken(given_case, step, route, why):
    chosen = plan(given_case, now=NOW)
    assert (chosen.step, chosen.route, chosen.why) == (step, route, why)
    if step is Step.READDRESS:
        assert chosen.address == given_case.elsewhere[0].address


CASES = st.builds(
    Case,
    body=st.sampled_from([WORDS, RESULT, LESSER, Notice("survey.ask")]),
    sender=st.sampled_from(Sender),
    priority=st.sampled_from([0, 1, 2, 5, 9]),
    allowed=st.sampled_from([{}, {"T1": 0}, {"T1": 2}]),
    line=st.sampled_from([WECHAT, WECHAT_T, WECHAT_S, Line(capabilities=FREE), PHONE.line, MUTE.line]),
    ledger=st.builds(Ledger, st.integers(0, 6), st.sampled_from([None, NOW, LATER])),
    agent_holds=st.booleans(),
    opted_out=st.booleans(),
    unreachable=st.booleans(),
    original=st.booleans(),
    failed=st.sampled_from(["", "direct", "subscription", "template"]),
    elsewhere=st.lists(st.sampled_from([PHONE, MUTE, CHAT, replace(PHONE, willing=False)]), max_size=2).map(tuple),
    only_here=st.booleans(),
)


@given(CASES)
def test_whatever_the_case(one):
    chosen = plan(one, now=NOW)
    result = isinstance(one.body, Notice) and one.body.key in RESULTS
    machine = one.sender is not Sender.AGENT and one.priority != 0
    if chosen.step is Step.SEND:
        assert chosen.route in one.line.capabilities.routes
        assert chosen.route != one.failed, "a refused way is not tried again"
        if chosen.route == "subscription":
            assert one.allowed.get("T1"), "nothing goes by subscription without the citizen's leave"
        if chosen.route == "direct" and one.line.capabilities.windows:
            left = one.ledger.available(NOW)
            assert left > 0
            assert left > 2 or not machine or result, "the last two are not for chatter"
    if result and not (one.sender is Sender.BOT and one.agent_holds):
        ways = (Step.SEND, Step.READDRESS, Step.DEAD if one.only_here else Step.CALL)
        assert chosen.step in ways, "a result always gets through, or a person sees it"
    if chosen.step is Step.CALL:
        assert result, "nobody is called for less than a result"
    if chosen.step is Step.READDRESS:
        assert one.original
        assert any(way.willing and way.address == chosen.address for way in one.elsewhere)


def test_every_reason_can_be_read():
    assert set(READING) == set(Why)
    assert all("(" in text and text[0] > "\u4e00" for text in READING.values())
