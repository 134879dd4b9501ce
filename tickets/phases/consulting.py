"""Consultation (会商): a panel names who leads; not settled in time, the next panel is asked, up to the standing meeting."""

from __future__ import annotations

from datetime import datetime

from tickets import notices as n
from tickets.command import Command as C
from tickets.move import Fields, Move
from tickets.orders import Post
from tickets.papers.changing import amended, filed
from tickets.papers.consultation import PANELS, Consultation, ConsultReason
from tickets.papers.request import RequestKind, RequestState
from tickets.phases.dispatching import not_the_respondent, not_to_a_street, one_lead, units_in_force
from tickets.phases.kinds import several, some, text, words
from tickets.phases.parts import handed_out, in_force, leads
from tickets.phases.row import Fork, Row, row
from tickets.state import WITH_UNIT, Role, State

# What may stand against it.


def no_panel_sits(move: Move) -> str:
    """One consultation at a time."""
    return "consulting" if move.ticket.consultation else ""


def a_panel_sits(move: Move) -> str:
    """There is something to settle."""
    return "" if move.ticket.consultation else "not_consulting"


def return_was_rejected(move: Move) -> str:
    """A unit disputes what it tried to return in vain."""
    rejected = move.ticket.asked(RequestKind.RETURN, RequestState.REJECTED)
    return "" if any(one.asked_by == move.actor.id for one in rejected) else "no_rejected_return"


def first_dispute(move: Move) -> str:
    """And only once."""
    before = any(one.opened_by == move.actor.id for one in move.ticket.consultations)
    return "disputed" if before else ""


def candidates_in_force(move: Move) -> str:
    """Who is to be considered exists."""
    return in_force(move, *move.data.get("candidates", ()))


def settle_time_passed(move: Move) -> str:
    """The clock alone escalates only what was not settled in time."""
    consultation = move.ticket.consultation
    early = consultation and move.now < consultation.settle_by
    return "early" if early and move.actor.role is Role.SYSTEM else ""


def a_higher_panel(move: Move) -> str:
    """Above the standing meeting there is nobody."""
    consultation = move.ticket.consultation
    return "highest" if consultation and consultation.panel is PANELS[-1] else ""


# What it changes.


def opened(move: Move) -> Fields:
    """A panel is asked; the dispatcher's own timer stops, the citizen's does not."""
    consultations = filed(
        move.ticket.consultations,
        Consultation,
        reason=move.data.get("reason", ConsultReason.DISPUTE),
        opened_by=move.actor.id,
        opened_at=move.now,
        settle_by=_settle_by(move),
        candidates=move.data.get("candidates", ()),
    )
    return {"consultations": consultations, "step_by": None}


def escalated(move: Move) -> Fields:
    """The next panel, with its own time."""
    now = move.ticket.consultation
    assert now is not None  # a_panel_sits said so
    panel = PANELS[PANELS.index(now.panel) + 1]
    changed = amended(move.ticket.consultations, lambda one: one is now, panel=panel, settle_by=_settle_by(move))
    return {"consultations": changed}


def lead_decided(move: Move) -> Fields:
    """The panel's word is final: the unit it names cannot return the ticket."""
    now, lead = move.ticket.consultation, move.data["lead"]
    settled = amended(
        move.ticket.consultations,
        lambda one: one is now,
        lead=lead,
        minutes=move.data["minutes"],
        settled_by=move.actor.id,
        settled_at=move.now,
    )
    if _stays(move):
        return {"consultations": settled, **leads(move, forced=True)}
    first = not move.ticket.assignments and move.ticket.due_at
    due = first or move.answer_by(move.now)
    return {"consultations": settled, **handed_out(move, lead=lead, co=move.data.get("co", ()), due=due, forced=True)}


def _settle_by(move: Move) -> datetime:
    return move.after(move.policy.consultation.settle.at(move.ticket.urgency))


def _stays(move: Move) -> bool:
    """A dispute that ends with the unit that has it anyway."""
    return bool(move.ticket.lead_unit == move.data["lead"])


# What the log keeps.


def rule_proposed(move: Move) -> dict[str, object]:
    """So that the next ticket goes right at once: a row for the dispatch catalogue, for an editor to take over."""
    ticket, data = move.ticket, move.data
    rule = {"category": ticket.category, "district": ticket.district, "lead": data["lead"], "co": [*data.get("co", ())]}
    consultation = ticket.consultation
    panel = dict.fromkeys((move.actor.id, *data.get("members", ())))
    return {"proposes": rule, "consultation": consultation.n if consultation else 0, "panel": [*panel]}


S, R = State, Role
_CONSULTED = WITH_UNIT | {S.IN_CONSULTATION}
_WHERE = Fork(lambda move: None if _stays(move) else S.DISPATCHED, (S.DISPATCHED,), "unless the unit stays the same")
# fmt: off
ROWS: tuple[Row, ...] = (
    row("T12", C.TO_CONSULTATION, S.TO_DISPATCH, {R.DISPATCHER}, S.IN_CONSULTATION,
        needs={"reason": ConsultReason, "candidates": several}, guards=(no_panel_sits, candidates_in_force), effect=opened,
        tells=n.plainly("ticket.consultation")),
    row("T18", C.DISPUTE, WITH_UNIT, {R.UNIT}, None,
        needs={"signer": words, "note": words}, takes={"candidates": some},
        guards=(no_panel_sits, return_was_rejected, first_dispute, candidates_in_force), effect=opened),
    row("T19", C.DECIDE_LEAD, _CONSULTED, {R.OFFICE_LEADER, R.PANELIST}, _WHERE,
        needs={"lead": words, "minutes": words}, takes={"co": some, "note": text, "members": some},
        guards=(a_panel_sits, one_lead, units_in_force, not_the_respondent, not_to_a_street), effect=lead_decided, facts=rule_proposed,
        tells=n.dispatching, alerts=n.alerting("unit.dispatched", Post.LIAISON, Post.HEAD)),
    row("T20", C.ESCALATE, _CONSULTED, {R.DISPATCHER, R.OFFICE_LEADER, R.SYSTEM}, None,
        guards=(a_panel_sits, settle_time_passed, a_higher_panel), effect=escalated,
        alerts=n.alerting("office.escalated", Post.OFFICE)),
)
# fmt: on
