"""What can come at any time: supplements (补充), urges (催办), more urgency, a calendar that changed, silence on a request."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tickets import notices as n
from tickets.appeal import Urgency
from tickets.command import Command as C
from tickets.limits.duration import Duration, Unit
from tickets.move import Fields, Move
from tickets.orders import Post
from tickets.papers.assignment import AssignmentRole
from tickets.papers.changing import amended
from tickets.papers.request import Request, RequestKind, RequestState
from tickets.phases.closing import OFFICE_STEPS
from tickets.phases.kinds import text
from tickets.phases.parts import helper_due
from tickets.phases.row import Row, row
from tickets.rules.provisions import Step
from tickets.state import OPEN, Role, State

_SPEED = {Urgency.NORMAL: 0, Urgency.URGENT: 1, Urgency.CRITICAL: 2}


# What may stand against it.


def something_new(move: Move) -> str:
    """A supplement holds words or attachments."""
    return "" if move.data.get("text") or move.data.get("attachments") else "missing:text"


def urge_interval(move: Move) -> str:
    """One urge a day is passed on; more would only bury it."""
    last = move.ticket.urged_at
    wait = move.policy.urge.interval
    return "interval" if last and move.now < move.after(wait, last) else ""


def faster(move: Move) -> str:
    """Urgency is raised, never lowered: limits only get shorter."""
    return "" if _SPEED[move.data["urgency"]] > _SPEED[move.ticket.urgency] else "not_higher"


def notice_came(move: Move) -> str:
    """Only limits counted into an unannounced year are counted again, once it is announced."""
    ticket = move.ticket
    if not (ticket.due_uncertain and ticket.due_at and ticket.counted_from):
        return "certain"
    return "early" if move.uncertain(ticket.counted_from, _counted_again(move)) else ""


def decision_overdue(move: Move) -> str:
    """A request was left lying."""
    return "" if _left_lying(move) else "early"


# What it changes.


def supplemented(move: Move) -> Fields:
    """补充, counted. A ticket nobody could place yet is placed by it."""
    return {
        "supplement_count": move.ticket.supplement_count + 1,
        "district": move.ticket.district or move.data.get("district", ""),
    }


def urged(move: Move) -> Fields:
    """催办, counted."""
    return {"urge_count": move.ticket.urge_count + 1, "urged_at": move.now}


def made_urgent(move: Move) -> Fields:
    """Limits still running are counted again from now, and only ever get shorter, for helping units too."""
    again = move.having({"urgency": move.data["urgency"]})
    limits: dict[str, datetime | None] = {"due_at": again.answer_by(move.now)}
    if step := OFFICE_STEPS.get(move.ticket.state):
        limits["step_by"] = again.step_by(step)
    if not move.ticket.signed_at:
        limits["sign_by"] = again.step_by(Step.SIGN, unit=move.ticket.lead_unit)
    if not move.ticket.contacted_at:
        limits["contact_by"] = again.step_by(Step.CONTACT, unit=move.ticket.lead_unit)
    shorter = {name: _sooner(getattr(move.ticket, name), limit) for name, limit in limits.items()}
    due = shorter["due_at"]
    interim = move.policy.interim.at(again.ticket.urgency)
    if interim and move.ticket.state is State.HANDLING:
        by = move.after(interim)
        shorter["interim_by"] = min(by, move.ticket.interim_by or by)
    parts = amended(move.ticket.assignments, lambda one: one is move.ticket.lead, due_at=_lead_due(move, due))
    helpers = again.having({"assignments": parts})
    parts = tuple(
        one
        if one.role is AssignmentRole.LEAD or one.ended_at
        else replace(one, due_at=_sooner(one.due_at, helper_due(helpers, _lead_due(move, due))))
        for one in parts
    )
    counted = {"counted_from": move.now} if due != move.ticket.due_at else {}
    return {"urgency": move.data["urgency"], **shorter, **counted, "assignments": parts}


def _lead_due(move: Move, due: datetime | None) -> datetime | None:
    lead = move.ticket.lead
    return _sooner(lead.due_at, due) if lead else due


def _sooner(running: datetime | None, limit: datetime | None) -> datetime | None:
    """The earlier of the two; what is not running stays so."""
    return min(running, limit) if running and limit else running


def recounted(move: Move) -> Fields:
    """The notice of the year came: the promise is counted as it should have been; granted extensions stay granted."""
    by, was = _counted_again(move), move.ticket.due_at
    parts = amended(
        move.ticket.assignments,
        lambda one: one is move.ticket.lead and one.due_at == was,
        due_at=by,
    )
    return {"due_at": by, "due_uncertain": False, "assignments": parts}


def _counted_again(move: Move) -> datetime:
    ticket = move.ticket
    start = ticket.counted_from or ticket.received_at
    by = move.answer_by(start)
    for one in ticket.asked(RequestKind.EXTENSION, RequestState.APPROVED):
        if one.asked_at >= start:
            by = move.after(Duration(int(str(one.data["workdays"])), Unit.WORKING_DAY), by)
    return by


def sent_up(move: Move) -> Fields:
    """Silence is no consent: the office's leader may decide now, and gets his own time."""
    late = _left_lying(move)
    requests = amended(move.ticket.requests, late.__contains__, escalated=True, decide_by=move.step_by(Step.DECIDE))
    return {"requests": requests}


def _left_lying(move: Move) -> tuple[Request, ...]:
    return tuple(
        one
        for one in move.ticket.requests
        if one.state is RequestState.PENDING and not one.escalated and one.decide_by and move.now >= one.decide_by
    )


# What the log keeps.


def overdue(move: Move) -> dict[str, object]:
    """Whether the limit had passed: before it an urge is a note to the unit, after it a matter for supervision."""
    due = move.ticket.due_at
    return {"overdue": bool(due and move.now > due)}


S, R = State, Role
# fmt: off
ROWS: tuple[Row, ...] = (
    row("T46", C.SUPPLEMENT, OPEN, {R.CITIZEN, R.AGENT}, None,
        takes={"text": text, "attachments": tuple, "district": text}, guards=(something_new,), effect=supplemented,
        alerts=n.alerting("unit.supplement", Post.LIAISON)),
    row("T47", C.URGE, OPEN - {S.TO_CALLBACK}, {R.CITIZEN, R.AGENT}, None,
        guards=(urge_interval,), effect=urged, facts=overdue, alerts=n.urging),
    row("T49", C.RAISE_URGENCY, OPEN, {R.AGENT, R.DISPATCHER, R.SYSTEM}, None,
        needs={"urgency": Urgency}, guards=(faster,), effect=made_urgent, tells=n.redating("ticket.hastened"),
        alerts=n.alerting("unit.more_urgent", Post.LIAISON)),
    row("§3.3", C.RECOUNT, OPEN - {S.SUSPENDED}, {R.SYSTEM}, None, guards=(notice_came,), effect=recounted,
        tells=n.redating("ticket.rescheduled")),
    row("§2.5", C.ESCALATE_REQUEST, OPEN | {S.CLOSED}, {R.SYSTEM}, None, guards=(decision_overdue,), effect=sent_up,
        alerts=n.alerting("office.undecided", Post.OFFICE)),
)
# fmt: on
