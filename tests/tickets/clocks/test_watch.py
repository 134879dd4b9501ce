"""The one clock of a ticket: every hand strikes once, in order, after any absence, and none is ever left behind."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from itertools import count
from random import Random

import pytest

from tests.tickets import crowd
from tests.tickets.desk import CALENDAR, UNIT, Desk, draft, refused
from tests.tickets.papers.test_supervision import at
from tickets.appeal import AppealType, Urgency
from tickets.clocks.watch import due_orders, next_look, numbered
from tickets.command import Command as C
from tickets.lifecycle import open_draft
from tickets.orders import NotAllowed, Order, Post
from tickets.papers.supervision import Level, SupervisionState
from tickets.state import Role, State

NUMBERS = (f"DB-260928-{n:03d}" for n in count(1))


def look(desk: Desk) -> list[str]:
    """What a job does when it looks at the ticket: the orders given, in order."""
    given = []
    while orders := due_orders(desk.ticket, policy=desk.policy, calendar=desk.calendar, now=desk.now):
        order = numbered(orders[0], lambda: next(NUMBERS))
        desk.order(order)
        told = (order.command, order.data.get("level"), order.data.get("ground"))
        given.append(" ".join(str(one) for one in told if one))
    return given


def next_at(desk: Desk) -> datetime | None:
    return next_look(desk.ticket, policy=desk.policy, calendar=desk.calendar)


LONG_AWAY = [
    "auto_sign",
    "supervise L1 contact_missed",
    "supervise L0 time_used",
    "note_silence",
    "supervise L0 time_used",
    "co_overdue",
    "supervise L1 yellow",
    "note_silence",
    "supervise L2 red",
    "supervise L3 overdue",
    "supervise L4 overdue",
]
UNANSWERED = ["supervision_overdue"] * 2
"""What comes of the two written grades once the unit has had its time to answer."""


def test_after_a_long_absence_everything_is_given_once_and_in_order() -> None:
    desk = Desk().dispatched()
    desk.now = at("2026-12-01 09:00")
    given = look(desk)
    assert sorted(given) == sorted(LONG_AWAY)
    grades = [one.split()[1] for one in given if one.startswith("supervise ")]
    assert grades == ["L1", "L0", "L0", "L1", "L2", "L3", "L4"]
    assert look(desk) == []
    answer_by = desk.ticket.supervisions[-1].answer_by
    assert answer_by is not None
    assert answer_by > desk.now, "nobody is late with an answer nobody could give"
    desk.now = at("2027-01-01 09:00")
    assert look(desk) == UNANSWERED
    assert next_at(desk) is None, "nothing more comes of time alone: a person must act"


def test_one_look_at_a_time_gives_the_same() -> None:
    """Whoever looks whenever a hand strikes gives what one long look gives, each thing on its day."""
    desk, given = Desk().dispatched(), []
    while (then := next_at(desk)) and then < at("2026-12-01 09:00"):
        desk.now = max(then, desk.now)
        struck = look(desk)
        assert struck, f"nothing was due at {then}"
        given += struck
    assert sorted(given) == sorted(LONG_AWAY + UNANSWERED)
    days = {f"{one.level} {one.ground}": f"{one.opened_at:%m-%d}" for one in desk.ticket.supervisions}
    assert (days["L1 yellow"], days["L2 red"], days["L3 overdue"]) == ("09-24", "09-28", "09-30")


def test_a_clock_that_goes_back_gives_nothing_twice() -> None:
    desk = Desk().dispatched()
    desk.now = at("2026-09-28 09:00")
    assert "supervise L2 red" in look(desk)
    desk.now = at("2026-09-21 09:00")
    assert look(desk) == []
    desk.now = at("2026-09-28 09:00")
    assert look(desk) == []


@pytest.mark.parametrize(
    ("step", "urgency"), [("accept", Urgency.NORMAL), ("dispatch", Urgency.URGENT), ("review", Urgency.CRITICAL)]
)
def test_the_office_is_told_of_its_own_late_step_once(step: str, urgency: Urgency) -> None:
    desk = Desk(draft(urgency=urgency, missing=("where",) if step == "accept" else ()))
    if step == "review":
        desk.handling().helpers_done().give(C.CONTACT, Role.UNIT)
        desk.give(C.SUBMIT_REPLY, Role.UNIT, public_reply="已处理", closing_kind="solved", signer="局长")
    by = desk.ticket.step_by
    assert by is not None
    desk.now = by
    assert C.STEP_OVERDUE not in look(desk)
    desk.wait(microseconds=1)
    assert C.STEP_OVERDUE in look(desk)
    assert (desk.alerts[-1].key, desk.alerts[-1].post, desk.alerts[-1].unit) == (
        f"office.late_{step}",
        Post.OFFICE,
        "",
    )
    desk.wait(hours=1)
    assert C.STEP_OVERDUE not in look(desk)
    if step == "accept":  # the next step is told of anew
        desk.give(C.ACCEPT, Role.AGENT)
        assert C.STEP_OVERDUE in look(desk.wait(days=3))


def test_a_silent_unit_alarms_its_liaison_then_its_deputy_head() -> None:
    desk = Desk(draft(AppealType.REPORT)).handling().helpers_done()
    desk.give(C.CONTACT, Role.UNIT)
    silent = [(alert.post, alert.unit) for alert in desk.alerts if alert.key == "unit.silent"]
    assert silent == []
    desk.now = at("2026-09-23 00:00")  # two working days: the make-up Sunday, Monday … the 22nd
    assert C.NOTE_SILENCE in look(desk)
    assert (desk.alerts[-1].post, desk.alerts[-1].unit) == (Post.LIAISON, UNIT)
    desk.give(C.INTERIM, Role.UNIT, text="已约谈商家")  # a sign of life: counted anew
    desk.wait(hours=1)
    assert C.NOTE_SILENCE not in look(desk)
    desk.now = at("2026-09-28 23:59:59")
    posts = []
    for _ in range(3):
        if C.NOTE_SILENCE in look(desk):
            posts.append([one.post for one in desk.alerts if one.key == "unit.silent"][-1])
        desk.wait(days=3)
    assert posts == [Post.LIAISON, Post.DEPUTY_HEAD], "and nobody a third time"


def test_a_missed_interim_report_is_carded_each_time() -> None:
    desk = Desk(draft(urgency=Urgency.URGENT)).handling()
    desk.give(C.CONTACT, Role.UNIT)
    desk.wait(hours=9)
    assert "supervise L1 interim_missed" in look(desk)
    assert "supervise L1 interim_missed" not in look(desk.wait(minutes=30))
    desk.give(C.INTERIM, Role.UNIT, text="正在抢修")
    assert "supervise L1 interim_missed" in look(desk.wait(hours=9))


def test_an_extension_brings_its_own_yellow_card() -> None:
    desk = Desk().handling()
    desk.give(C.CONTACT, Role.UNIT)
    desk.now = at("2026-09-24 09:00")
    assert "supervise L1 yellow" in look(desk)
    desk.give(C.REQUEST_EXTENSION, Role.UNIT, workdays=3, text="等待配件", citizen_informed=True)
    desk.by("白", C.APPROVE_EXTENSION, Role.DISPATCHER)
    assert "supervise L1 yellow" not in look(desk)
    desk.now = at("2026-09-30 09:00")
    assert "supervise L1 yellow" in look(desk)


def test_the_next_unit_starts_without_the_cards_of_the_last() -> None:
    desk = Desk().handling()
    desk.give(C.REQUEST_RETURN, Role.UNIT, reason="not_our_duty", clause="三定第四条", suggested="D05")
    desk.now = at("2026-09-28 09:00")
    look(desk)
    desk.by("李", C.APPROVE_RETURN, Role.OFFICE_LEADER)
    desk.give(C.DISPATCH, Role.DISPATCHER, lead="D05")
    assert "supervise L2 red" not in look(desk)
    desk.now = at("2026-11-28 09:00")
    assert "supervise L2 red" in look(desk)
    assert [one.unit for one in desk.ticket.supervisions if one.level is Level.L2] == [UNIT, "D05"]


def test_more_urgency_brings_the_next_look_nearer() -> None:
    desk = Desk().handling()
    before = next_at(desk)
    desk.by("安", C.RAISE_URGENCY, Role.AGENT, urgency="critical")
    after = next_at(desk)
    assert before
    assert after
    assert after < before
    assert after - desk.now <= timedelta(minutes=31), "the first contact is now owed within half an hour"


def test_a_missed_plan_is_supervised_and_its_end_resumes_the_work() -> None:
    desk = Desk().handling()
    suspend(desk, until="2026-11-30")
    desk.now = at("2026-10-25 00:00")
    assert look(desk) == ["plan_overdue"]
    assert (desk.alerts[-1].key, desk.alerts[-1].post) == ("supervision.plan_missed", Post.HEAD)
    assert desk.alerts[-1].supervision == desk.ticket.supervisions[-1].number
    desk.give(C.PROGRESS, Role.UNIT, text="管线已改移")
    desk.now = at("2026-12-01 00:00")
    assert look(desk)[:1] != []
    assert desk.ticket.state is State.HANDLING
    assert look(desk) == []


def test_an_urge_after_the_promised_day_is_a_written_supervision_and_the_next_finds_it_open() -> None:
    desk = Desk().handling()
    desk.give(C.CONTACT, Role.UNIT)
    desk.now = at("2026-09-25 09:00")
    look(desk)
    desk.give(C.URGE, Role.CITIZEN)
    assert [(one.key, one.post) for one in desk.alerts[-2:]] == [
        ("unit.urged", Post.LIAISON),
        ("unit.urged_late", Post.HEAD),
    ]
    assert look(desk) == ["supervise L3 urged"]
    desk.wait(hours=25).give(C.URGE, Role.CITIZEN)
    assert "supervise L3 urged" not in look(desk)


def test_without_a_unit_the_leader_hears_of_the_urge() -> None:
    desk = Desk()
    desk.give(C.URGE, Role.CITIZEN)
    assert [(one.key, one.post, one.unit) for one in desk.alerts] == [("office.urged", Post.OFFICE, "")]


def test_an_answer_that_is_late_proposes_the_next_grade_to_a_person() -> None:
    desk = Desk().handling()
    desk.give(C.CONTACT, Role.UNIT)
    desk.by("督", C.SUPERVISE, Role.SUPERVISOR, level="L4", ground="instruction", number="DB-260918-001")
    assert desk.ticket.supervisions[-1].proposes is None
    assert refused(desk, C.SUPERVISION_OVERDUE, Role.SYSTEM, number="DB-260918-001") == "early"
    desk.now = at("2026-09-23 00:00")
    assert "supervision_overdue" in look(desk)
    (mine,) = [one for one in desk.ticket.supervisions if one.number]
    assert (mine.overdue, mine.proposes) == (True, Level.L5)
    assert {one.post for one in desk.alerts if one.key == "supervision.unanswered"} == {Post.HEAD, Post.OFFICE}
    assert [event.data.get("next_grade") for event in desk.events if event.command is C.SUPERVISION_OVERDUE] == ["L5"]
    desk.now = at("2027-03-01 00:00")
    look(desk)
    assert not any(one.level is Level.L5 for one in desk.ticket.supervisions), "that is for a person"


def test_a_rejected_answer_has_time_to_be_written_again() -> None:
    desk = Desk().handling()
    number = {"number": "DB-260918-001"}
    desk.by("督", C.SUPERVISE, Role.SUPERVISOR, level="L3", ground="instruction", **number)
    desk.give(C.ANSWER_SUPERVISION, Role.UNIT, **number, text="已整改")
    desk.now = at("2026-10-12 09:00")
    look(desk)
    assert desk.ticket.supervisions[0].state is SupervisionState.TO_REVIEW
    desk.by("督", C.REJECT_SUPERVISION, Role.SUPERVISOR, **number, note="缺少照片")
    again = desk.ticket.supervisions[0]
    assert (again.state, again.overdue, again.answer_by) == (SupervisionState.ISSUED, False, at("2026-10-15 23:59:59"))


def test_what_is_over_is_put_away_and_then_has_no_clock() -> None:
    desk = Desk().closed()
    desk.now = at("2027-09-17 09:00")
    assert look(desk) == []
    desk.now = at("2027-09-18 09:00")
    assert look(desk) == ["archive"]
    assert next_at(desk) is None


def test_a_draft_expires() -> None:
    desk = Desk()
    desk.ticket = open_draft(draft(), number=desk.ticket.number, policy=desk.policy, now=desk.now)
    assert look(desk.wait(hours=23)) == []
    assert look(desk.wait(hours=1)) == ["expire"]
    assert desk.told()[-1] == "ticket.draft_expired"


def test_after_looking_nothing_is_due_and_the_next_look_is_ahead() -> None:
    """Whatever happened to a ticket: no order of the clock is refused, and what was due is given and gone."""
    struck, tried = set[str](), Counter[C]()
    for seed in range(400):
        luck = Random(seed)
        desk = Desk(
            draft(luck.choice(list(AppealType)), urgency=luck.choice([*Urgency, Urgency.NORMAL])),
            directory=crowd.DIRECTORY,
            now=datetime(2031, 12, 1, 9, tzinfo=CALENDAR.zone),
        )
        if seed % 5 == 0:  # so seldom reached by chance that the lives of a day's test would miss it
            suspend(desk.handling(), until="2032-02-10")
        for order in crowd.life(desk, luck, steps=50, tried=tried):
            tried[order.command] += 10 if _carried_out(desk, order) else 1
            if luck.random() < 0.1:
                struck.update(look(desk))
                then = next_at(desk)
                assert then is None or then > desk.now
                # Just before its moment a hand does not strike; at its moment it does.
                if then:
                    desk.now = then - timedelta.resolution
                    assert look(desk) == []
                    desk.now = then
                    assert look(desk)
    assert struck >= {
        *LONG_AWAY,
        *UNANSWERED,
        "plan_overdue",
        "resume",
        "step_overdue",
        "escalate",
        "escalate_request",
        "archive",
    }


def suspend(desk: Desk, *, until: str) -> None:
    plan = {"reason": "汛期", "measures": "已围挡", "text": "汛期后完成", "until": until}
    desk.give(C.REQUEST_SUSPEND, Role.UNIT, **plan)
    desk.by("李", C.APPROVE_SUSPEND, Role.OFFICE_LEADER)


def _carried_out(desk: Desk, order: Order) -> bool:
    try:
        desk.order(order)
    except NotAllowed:
        return False
    return True
