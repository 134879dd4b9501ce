"""More time, or another way: extension (延期), suspension (挂账), and the claim that an appeal is unreasonable (不合理诉求)."""

from __future__ import annotations

from datetime import datetime

from tickets import notices as n
from tickets.appeal import ClosingKind
from tickets.command import Command as C
from tickets.limits.duration import Duration, Unit
from tickets.move import Fields, Move, then
from tickets.papers.assignment import AssignmentState
from tickets.papers.request import RequestKind, RequestState
from tickets.phases.asking import decided, granted_now, may_sign, nothing_pending, requesting, signed, signed_through
from tickets.phases.calling_back import UNRATED
from tickets.phases.kinds import count, day, text, words, yes
from tickets.phases.parts import leads
from tickets.phases.replies import no_personal_data
from tickets.phases.row import Row, row
from tickets.phases.supervising import by_grade, plan_supervised, unused_number
from tickets.state import Role, State

_EXTENSION, _SUSPEND, _UNREASONABLE = RequestKind.EXTENSION, RequestKind.SUSPEND, RequestKind.UNREASONABLE


# What may stand against it.


def before_due(move: Move) -> str:
    """More time is asked for while there is some left."""
    lead = move.ticket.lead
    return "" if lead and lead.due_at and move.now <= lead.due_at else "overdue"


def may_be_extended(move: Move) -> str:
    """Not what is critical, not a third time, and not longer than the policy's cap for one and for all."""
    rule = move.policy.extension
    if move.ticket.urgency in rule.forbid:
        return "urgency"
    granted = [int(str(one.data["workdays"])) for one in move.ticket.asked(_EXTENSION, RequestState.APPROVED)]
    if len(granted) >= len(rule.grants()):
        return "extensions"
    asked = move.data["workdays"]
    cap = rule.grants()[len(granted)].cap.amount
    return "too_long" if asked > cap or sum(granted) + asked > rule.total.amount else ""


def plan_ahead(move: Move) -> str:
    """A plan ends in the future."""
    return "" if move.data["until"] > move.calendar.local(move.now).date() else "past"


def unit_handles_or_office_follows(move: Move) -> str:
    """The lead asks while it handles; the office, once the citizen is dissatisfied with what cannot be done yet."""
    if move.ticket.state is State.HANDLING:
        return "" if move.actor.role is Role.UNIT else "role"
    if move.actor.role is Role.UNIT:
        return "role"
    return "" if move.ticket.dissatisfied else "not_dissatisfied"


def milestone_passed(move: Move) -> str:
    """The next look at the plan was due."""
    by = move.ticket.step_by
    return "" if by and move.now > by else "early"


def resumable(move: Move) -> str:
    """The clock alone resumes only what has reached the end of its plan."""
    due = move.ticket.due_at
    return "early" if move.actor.role is Role.SYSTEM and due and move.now <= due else ""


# What it changes.


def extended(move: Move) -> Fields:
    """So many working days after the unit's own limit; the citizen's date follows when it would be passed."""
    lead, due = move.ticket.lead, move.ticket.due_at
    days = int(str(granted_now(move, _EXTENSION).data["workdays"]))
    assert lead is not None  # may_sign: it lapses with its unit
    by = move.after(Duration(days, Unit.WORKING_DAY), lead.due_at)
    return {**_promised(move, by, due), **leads(move, due_at=by)}


def suspended(move: Move) -> Fields:
    """挂账: the plan's end is the new limit; until then somebody looks at it at every milestone. What was answered
    already and is taken up again this way is a new round of handling."""
    plan = granted_now(move, _SUSPEND).data
    until = move.calendar.end_of(day(plan["until"]), closing=move.policy.count.closing)
    lead = move.ticket.lead
    by = max(until, lead.due_at) if lead and lead.due_at else until
    return {
        **_promised(move, until, move.ticket.due_at),
        **leads(move, due_at=by, state=AssignmentState.HANDLING),
        "step_by": min(until, move.after(move.policy.suspend.review)),
        "redo_no": move.ticket.redo_no + (move.ticket.state is State.TO_CALLBACK),
        "interim_by": None,
        "callback_at": None,
        "closing_kind": None,
        **UNRATED,
    }


def progressed(move: Move) -> Fields:
    """The next look is set."""
    by = move.after(move.policy.suspend.review)
    return {"step_by": min(by, move.ticket.due_at) if move.ticket.due_at and move.now < move.ticket.due_at else by}


def resumed(_move: Move) -> Fields:
    """Handling goes on."""
    return {"step_by": None}


def unreasonable(move: Move) -> Fields:
    """Closed with the explanation the citizen was given; he may ask for it to be reopened."""
    asked = granted_now(move, _UNREASONABLE).data
    return {
        "public_reply": str(asked["public_reply"]),
        "replied_at": move.now,
        "reviewed_at": move.now,
        "closed_at": move.now,
        "closing_kind": ClosingKind.UNREASONABLE,
        "callback_at": None,
        "interim_by": None,
        "explanation_count": move.ticket.explanation_count + 1,
        **leads(move, state=AssignmentState.ACCEPTED, submitted_at=move.now),
    }


def _promised(move: Move, by: datetime, due: datetime | None) -> Fields:
    """The citizen's date, only ever later by a granted request."""
    start = move.ticket.counted_from or move.now
    later = max(by, due) if due else by
    return {"due_at": later, "due_uncertain": move.uncertain(start, later)}


S, R = State, Role
_UNIT_OR_OFFICE = frozenset({S.HANDLING, S.TO_CALLBACK})
_LEADER = {R.OFFICE_LEADER}
# fmt: off
ROWS: tuple[Row, ...] = (
    row("T26", C.REQUEST_EXTENSION, S.HANDLING, {R.UNIT}, None,
        needs={"workdays": count, "text": words, "citizen_informed": yes},
        guards=(nothing_pending(_EXTENSION), before_due, may_be_extended), effect=requesting(_EXTENSION)),
    row("T27", C.APPROVE_EXTENSION, S.HANDLING, {R.DISPATCHER, R.OFFICE_LEADER}, None,
        guards=(may_sign(_EXTENSION),), effect=signed(_EXTENSION, extended),
        tells=n.granting("ticket.extended", _EXTENSION)),
    row("T27", C.REJECT_EXTENSION, S.HANDLING, {R.DISPATCHER, R.OFFICE_LEADER}, None, takes={"note": text},
        guards=(may_sign(_EXTENSION),), effect=decided(_EXTENSION, RequestState.REJECTED)),
    row("T28", C.REQUEST_SUSPEND, _UNIT_OR_OFFICE, {R.UNIT, R.REVIEWER, R.CALLBACK_OFFICER}, None,
        needs={"reason": words, "measures": words, "text": words, "until": day},
        guards=(nothing_pending(_SUSPEND), unit_handles_or_office_follows, plan_ahead), effect=requesting(_SUSPEND)),
    row("T29", C.APPROVE_SUSPEND, _UNIT_OR_OFFICE, _LEADER, S.SUSPENDED,
        guards=(may_sign(_SUSPEND),), effect=signed(_SUSPEND, suspended),
        tells=n.granting("ticket.suspended", _SUSPEND)),
    row("T29", C.REJECT_SUSPEND, _UNIT_OR_OFFICE, _LEADER, None, takes={"note": text},
        guards=(may_sign(_SUSPEND),), effect=decided(_SUSPEND, RequestState.REJECTED)),
    row("T30", C.PROGRESS, S.SUSPENDED, {R.UNIT}, None, needs={"text": words},
        effect=progressed, tells=n.plainly("ticket.interim")),
    row("T30", C.RESUME, S.SUSPENDED, {R.UNIT, R.SUPERVISOR, R.SYSTEM}, S.HANDLING, takes={"note": text},
        guards=(resumable,), effect=resumed, tells=n.plainly("ticket.resumed")),
    row("T30", C.PLAN_OVERDUE, S.SUSPENDED, {R.SYSTEM}, None, needs={"number": words},
        guards=(milestone_passed, unused_number), effect=then(plan_supervised, progressed), alerts=by_grade),
    row("T31", C.CLAIM_UNREASONABLE, _UNIT_OR_OFFICE, {R.UNIT, R.REVIEWER}, None,
        needs={"evidence": words, "public_reply": words},
        guards=(nothing_pending(_UNREASONABLE), unit_handles_or_office_follows, no_personal_data),
        effect=requesting(_UNREASONABLE)),
    row("T31", C.APPROVE_UNREASONABLE, _UNIT_OR_OFFICE, {R.REVIEWER, R.OFFICE_LEADER},
        signed_through(_UNREASONABLE, S.CLOSED),
        guards=(may_sign(_UNREASONABLE),), effect=signed(_UNREASONABLE, unreasonable),
        tells=n.granting("ticket.explained", _UNREASONABLE, "public_reply")),
    row("T31", C.REJECT_UNREASONABLE, _UNIT_OR_OFFICE, {R.REVIEWER, R.OFFICE_LEADER}, None, takes={"note": text},
        guards=(may_sign(_UNREASONABLE),), effect=decided(_UNREASONABLE, RequestState.REJECTED)),
)
# fmt: on
