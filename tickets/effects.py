"""What an order changes on a ticket: one plain function a row of the table, from a move to the changed fields."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tickets.appeal import ClosingKind, Satisfaction, Urgency
from tickets.move import Move
from tickets.policy import Step
from tickets.ticket import State

Fields = dict[str, Any]
_OFFICE_STEPS = {State.RECEIVED: Step.ACCEPT, State.TO_DISPATCH: Step.DISPATCH, State.TO_REVIEW: Step.REVIEW}


def nothing(_move: Move) -> Fields:
    """The order is only noted."""
    return {}


def accepted(move: Move) -> Fields:
    """The citizen's due date is promised here and never moves by itself."""
    return {
        "accepted_at": move.now,
        "step_by": move.step_by(Step.DISPATCH),
        "due_at": move.answer_by(move.ticket.received_at),
    }


def answered(move: Move) -> Fields:
    """直接答复: the knowledge base's answer is the result."""
    return {
        "public_reply": move.data["public_reply"],
        "replied_at": move.now,
        "reviewed_at": move.now,
        "closed_at": move.now,
        "closing_kind": ClosingKind.EXPLAINED,
        "step_by": None,
    }


def dispatched(move: Move) -> Fields:
    """The clock of the unit starts now, not when it signs: who does not sign gains nothing."""
    return {
        "lead_unit": move.data["lead"],
        "co_units": move.data.get("co", ()),
        "dispatched_at": move.now,
        "sign_by": move.step_by(Step.SIGN),
        "contact_by": move.step_by(Step.CONTACT),
        "signed_at": None,
        "contacted_at": None,
        "step_by": None,
    }


def signed(move: Move) -> Fields:
    """The unit has it."""
    return {"signed_at": move.now}


def contacted(move: Move) -> Fields:
    """The first contact counts; later ones are only noted."""
    return {} if move.ticket.contacted_at else {"contacted_at": move.now}


def replied(move: Move) -> Fields:
    """The unit's answer waits for the reviewer."""
    return {
        "public_reply": move.data["public_reply"],
        "internal_note": move.data.get("internal_note", ""),
        "closing_kind": move.data["closing_kind"],
        "replied_at": move.now,
        "step_by": move.step_by(Step.REVIEW),
    }


def rejected(move: Move) -> Fields:
    """Back to the unit; the due date stays."""
    return {"reject_count": move.ticket.reject_count + 1, "closing_kind": None, "step_by": None}


def diverted(_move: Move) -> Fields:
    """转紧急热线: the emergency line has it; the office's timer stops."""
    return {"step_by": None}


def where_passing_leads(move: Move) -> State:
    """Citizens are asked about every type of appeal but those the policy exempts (praise)."""
    return State.TO_CALLBACK if move.policy.limits[move.ticket.type].callback else State.CLOSED


def passed(move: Move) -> Fields:
    """The citizen has the answer and will be asked, if his type of appeal is."""
    if where_passing_leads(move) is State.CLOSED:
        return passed_and_closed(move)
    return {
        "reviewed_at": move.now,
        "step_by": None,
        "callback_no": 0,
        "callback_at": move.awake_after(move.policy.callback.ask_after.at(move.ticket.urgency)),
    }


def passed_and_closed(move: Move) -> Fields:
    """The citizen has the answer and is not asked."""
    return {"reviewed_at": move.now, "closed_at": move.now, "step_by": None}


def asked(move: Move) -> Fields:
    """One asking done; the next, or the end of waiting, is set."""
    number, rule = move.ticket.callback_no + 1, move.policy.callback
    wait = rule.remind_after if number < rule.attempts else rule.lapse_after
    return {"callback_no": number, "callback_at": move.awake_after(wait)}


def rated(move: Move) -> Fields:
    """The citizen's own words; nobody overwrites the first rating."""
    given = {name: move.data[name] for name in ("solved", "satisfaction") if move.data.get(name)}
    satisfaction = given.get("satisfaction")
    if satisfaction is None:
        return given
    given["first_satisfaction"] = move.ticket.first_satisfaction or satisfaction
    given["callback_at"] = None
    if where_rating_leads(move) is State.CLOSED:
        given["closed_at"] = move.now
    return given


def where_rating_leads(move: Move) -> State:
    """Only a rating that is not dissatisfied closes a ticket. Who is dissatisfied may add his reasons, or think better
    of it, until somebody decides what follows."""
    given = move.data.get("satisfaction")
    return State.CLOSED if given and given is not Satisfaction.DISSATISFIED else State.TO_CALLBACK


def lapsed(move: Move) -> Fields:
    """Silence is kept apart: it is never satisfied."""
    first = move.ticket.first_satisfaction
    return {
        "satisfaction": Satisfaction.UNREACHABLE,
        "first_satisfaction": first or Satisfaction.UNREACHABLE,
        "callback_at": None,
        "closed_at": move.now,
    }


def redone(move: Move) -> Fields:
    """重办: a new round with its own, shorter limit; the last reply stays readable until the next."""
    again = replace(move, ticket=replace(move.ticket, redo_no=move.ticket.redo_no + 1))
    return {
        "redo_no": again.ticket.redo_no,
        "due_at": again.answer_by(move.now),
        "contact_by": move.step_by(Step.CONTACT),
        "contacted_at": None,
        "replied_at": None,
        "reviewed_at": None,
        "callback_at": None,
        "callback_no": 0,
        "closed_at": None,
        "closing_kind": None,
        "solved": None,
        "satisfaction": None,
    }


def explained(move: Move) -> Fields:
    """解释安抚: closed without pretending that it is solved."""
    return {"closing_kind": ClosingKind.EXPLAINED, "closed_at": move.now, "callback_at": None}


def withdrawn(move: Move) -> Fields:
    """Where it stood is kept, so that it can be taken back."""
    return {
        "withdrawn_from": move.ticket.state,
        "closed_at": move.now,
        "closing_kind": ClosingKind.WITHDRAWN,
        "step_by": None,
    }


def restored(move: Move) -> Fields:
    """As if it had never been withdrawn: the due date did not move; only the office's own timer starts again."""
    step = _OFFICE_STEPS.get(where_it_stood(move))
    again = move.step_by(step) if step else None
    return {"withdrawn_from": None, "closed_at": None, "closing_kind": None, "step_by": again}


def where_it_stood(move: Move) -> State:
    """The state a withdrawn ticket had."""
    return move.ticket.withdrawn_from or State.TO_DISPATCH


def supplemented(move: Move) -> Fields:
    """补充, counted."""
    return {"supplement_count": move.ticket.supplement_count + 1}


def urged(move: Move) -> Fields:
    """催办, counted."""
    return {"urge_count": move.ticket.urge_count + 1, "urged_at": move.now}


def made_urgent(move: Move) -> Fields:
    """Limits still running are counted again from now, and only ever get shorter."""
    urgency: Urgency = move.data["urgency"]
    again = replace(move, ticket=replace(move.ticket, urgency=urgency))
    limits = {"due_at": again.answer_by(move.now)}
    if step := _OFFICE_STEPS.get(move.ticket.state):
        limits["step_by"] = again.step_by(step)
    if not move.ticket.signed_at:
        limits["sign_by"] = again.step_by(Step.SIGN)
    if not move.ticket.contacted_at:
        limits["contact_by"] = again.step_by(Step.CONTACT)
    running = {name: getattr(move.ticket, name) for name in limits}
    return {"urgency": urgency} | {name: min(at, limits[name]) for name, at in running.items() if at}
