"""Hands a ticket's parts to units and takes them back: who leads, who helps, by when each must be ready."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tickets.move import Fields, Move
from tickets.papers.assignment import Assignment, AssignmentRole, AssignmentState
from tickets.papers.changing import amended, filed
from tickets.rules.provisions import Step

Parts = tuple[Assignment, ...]


def handed_out(move: Move, *, lead: str, co: tuple[str, ...], due: datetime, forced: bool = False) -> Fields:
    """A new lead and its co-organisers; whoever had a part before is relieved. The clock of the units starts now, not
    when they sign: who does not sign gains nothing."""
    parts: Parts = amended(
        move.ticket.assignments,
        lambda one: one.ended_at is None,
        state=AssignmentState.RELIEVED,
        ended_at=move.now,
    )
    note = str(move.data.get("note", ""))
    parts = filed(
        parts,
        Assignment,
        unit=lead,
        role=AssignmentRole.LEAD,
        dispatched_at=move.now,
        due_at=due,
        forced=forced,
        note=note,
    )
    for unit in dict.fromkeys(co):
        parts = helped_by(move, parts, unit=unit, role=AssignmentRole.CO, due=due)
    return {
        "assignments": parts,
        "dispatched_at": move.now,
        "sign_by": move.step_by(Step.SIGN, unit=lead),
        "contact_by": move.step_by(Step.CONTACT, unit=lead),
        "signed_at": None,
        "contacted_at": None,
        "interim_by": None,
        "step_by": None,
    }


def helped_by(move: Move, parts: Parts, *, unit: str, role: AssignmentRole, due: datetime | None) -> Parts:
    """One more helping unit, to be ready before the lead is."""
    parent = move.ticket.lead_unit if role is AssignmentRole.SUB else ""
    return filed(
        parts, Assignment, unit=unit, role=role, parent=parent, dispatched_at=move.now, due_at=helper_due(move, due)
    )


def helper_due(move: Move, due: datetime | None) -> datetime | None:
    """When a helping unit must be ready for a lead who is due at ``due``; with him, where nothing is left before."""
    if due is None:
        return None
    mark = move.policy.co.due[move.ticket.urgency].at(move.calendar, start=move.now, due=due)
    return mark if move.now < mark < due else due


def taken_back(move: Move, *, lead: AssignmentState) -> Fields:
    """The lead's part ends as ``lead``; those who helped it are relieved."""
    parts = amended(move.ticket.assignments, lambda one: one is move.ticket.lead, state=lead, ended_at=move.now)
    parts = amended(parts, lambda one: one.ended_at is None, state=AssignmentState.RELIEVED, ended_at=move.now)
    return {
        "assignments": parts,
        "sign_by": None,
        "contact_by": None,
        "interim_by": None,
        "signed_at": None,
        "contacted_at": None,
    }


def leads(move: Move, **changes: Any) -> Fields:
    """The lead's part with ``changes``."""
    return {"assignments": amended(move.ticket.assignments, lambda one: one is move.ticket.lead, **changes)}


def helper(move: Move) -> Assignment | None:
    """The helping part of the unit that gives the order, or that the order names."""
    unit = move.data.get("unit") or move.actor.id
    return next((one for one in move.ticket.helping if one.unit == unit), None)


def helps(move: Move, **changes: Any) -> Fields:
    """That helping part with ``changes``."""
    mine = helper(move)
    return {"assignments": amended(move.ticket.assignments, lambda one: one is mine, **changes)}


def in_force(move: Move, *units: str) -> str:
    """Why ``units`` may not be given a part today. Without a directory nobody is asked for it."""
    day = move.calendar.local(move.now).date()
    for code in units if len(move.directory) else ():
        unit = move.directory.get(code)
        if unit is None:
            return "no_such_unit"
        if not unit.in_force(day):
            return "unit_ended"
    return ""


def kept_from_streets(move: Move, code: str) -> str:
    """Why ``code``, when it is a street office or a town, may not be given the ticket."""
    unit = move.directory.get(code)
    rule = move.rule() if unit and unit.is_street else None
    return "department_only" if rule and rule.department_only else ""


def helpers_in_force(move: Move) -> str:
    """Whoever is to help exists."""
    return in_force(move, *(move.data.get("co") or (move.data["unit"],)))


def not_down_to_a_street(move: Move) -> str:
    """不得下沉: a district does not hand a department's matter down to a street office or a town."""
    return kept_from_streets(move, move.data["unit"])
