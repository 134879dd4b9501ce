"""The laws of the life cycle as assertions: what one order may change, and what a ticket looks like at any time."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from tickets.appeal import Satisfaction
from tickets.assignment import AssignmentRole
from tickets.callback import Outcome
from tickets.command import Command
from tickets.orders import Order, TicketEvent
from tickets.policy import Policy
from tickets.request import LIVE, SIGNATURES, Request, RequestKind, RequestState
from tickets.state import ENDED, LED, Role, State
from tickets.ticket import Ticket

NEW_ROUND = {Command.REDO, Command.REOPEN}
NOT_LED = {State.DRAFT, State.RECEIVED, State.TO_DISPATCH, State.IN_CONSULTATION, State.NOT_ACCEPTED, State.MERGED}
SEALED = {Command.PROPOSE_REFERRAL, Command.REFER_DISCIPLINE, Command.DISMISS_REFERRAL, Command.ANSWER_REFERRAL}
PAPERS = ("assignments", "requests", "supervisions", "consultations", "callbacks", "referrals")


def lawful(before: Ticket, order: Order, after: Ticket, event: TicketEvent, *, policy: Policy) -> None:
    """What one order may change."""
    assert (event.from_state, event.to_state, event.command) == (before.state, after.state, order.command)
    assert (after.number, after.policy, after.type) == (before.number, before.policy, before.type)
    assert event.sealed == (order.command in SEALED)
    _due_moves_only_by_right(before, order, after)
    _nothing_is_rewritten(before, after)
    _the_citizens_word_is_his(before, order, after)
    _signed_by_others(before, after, policy)
    if order.actor.role is Role.UNIT:
        assert order.actor.id in {before.lead_unit, *(one.unit for one in before.helping)}
        assert after.state not in ENDED - {before.state}
    if order.actor.role is Role.CALLBACK_OFFICER and order.command in {Command.RATE, Command.ASK, Command.NO_REACH}:
        involved = {before.respondent_unit, *(one.unit for one in before.assignments)} - {""}
        assert order.actor.unit not in involved
    if after.state in {State.TERMINATED, State.NOT_ACCEPTED} and before.state is not after.state:
        assert order.actor.role in {Role.OFFICE_LEADER, Role.REVIEWER}


def _due_moves_only_by_right(before: Ticket, order: Order, after: Ticket) -> None:
    if before.due_at == after.due_at:
        return
    granted = _newly_approved(before, after)
    if before.due_at is None:
        assert order.command is Command.SUBMIT
    elif order.command in NEW_ROUND:
        assert after.redo_no == before.redo_no + 1
    elif order.command is Command.RECOUNT:
        assert before.due_uncertain
    elif after.due_at and after.due_at > before.due_at:
        assert {one.kind for one in granted} & {RequestKind.EXTENSION, RequestKind.SUSPEND}
    else:
        assert order.command is Command.RAISE_URGENCY
        assert after.urgency is not before.urgency


def _newly_approved(before: Ticket, after: Ticket) -> list[Request]:
    were = {one.n for one in before.requests if one.state is RequestState.APPROVED}
    return [one for one in after.requests if one.state is RequestState.APPROVED and one.n not in were]


def _nothing_is_rewritten(before: Ticket, after: Ticket) -> None:
    for name in PAPERS:
        were, are = getattr(before, name), getattr(after, name)
        assert [one.n for one in are] == list(range(1, len(are) + 1))
        assert len(are) >= len(were)
        for old, new in zip(were, are, strict=False):
            over = (
                getattr(old, "ended_at", None) or getattr(old, "settled_at", None) or getattr(old, "decided_at", None)
            )
            if over and name != "referrals":
                assert old == new, f"one of the {name} was over and changed"
    if before.first_satisfaction:
        assert after.first_satisfaction is before.first_satisfaction


def _the_citizens_word_is_his(before: Ticket, order: Order, after: Ticket) -> None:
    if after.satisfaction not in {before.satisfaction, None, Satisfaction.UNREACHABLE}:
        assert order.actor.role in {Role.CITIZEN, Role.CALLBACK_OFFICER}
    if after.satisfaction is Satisfaction.UNREACHABLE and before.satisfaction is not after.satisfaction:
        assert before.satisfaction is None
        assert order.command is Command.LAPSE
    for old, new in zip(before.callbacks, after.callbacks, strict=False):
        if old.outcome is Outcome.ANSWERED:
            assert (old.solved, old.satisfaction, old.reasons, old.by) == (
                new.solved,
                new.satisfaction,
                new.reasons,
                new.by,
            )
            assert new.findings[: len(old.findings)] == old.findings


def _signed_by_others(before: Ticket, after: Ticket, policy: Policy) -> None:
    for one in _newly_approved(before, after):
        needed = SIGNATURES.get(one.kind, (Role.DISPATCHER,))
        assert len(one.signed) == len(needed)
        assert len({*one.signed, one.asked_by}) == len(one.signed) + 1
        assert "" not in one.signed
    days = [int(str(one.data["workdays"])) for one in after.asked(RequestKind.EXTENSION, RequestState.APPROVED)]
    assert len(days) <= 2
    assert sum(days) <= policy.extension.total.amount


def holds_together(ticket: Ticket, policy: Policy) -> None:
    """What a ticket looks like at any time."""
    live = [one for one in ticket.assignments if one.ended_at is None]
    leads = [one for one in live if one.role is AssignmentRole.LEAD]
    if ticket.state in LED:
        assert len(leads) == 1
        assert ticket.due_at
        assert leads[0].due_at
    if ticket.state in NOT_LED:
        assert not live
    assert all(number == 1 for number in Counter(one.unit for one in live).values())
    _requests_wait_where_they_may(ticket, policy)
    assert (ticket.closed_at is not None) == (ticket.state in ENDED)
    assert (ticket.withdrawn_from is not None) <= (ticket.state in {State.WITHDRAWN, State.ARCHIVED})
    assert bool(ticket.merged_into) == (ticket.state is State.MERGED)
    assert not (ticket.merged_into and ticket.linked_to)
    assert "138" not in ticket.public_reply
    assert (ticket.state is State.IN_CONSULTATION) <= bool(ticket.consultation)
    assert sum(one.open for one in ticket.consultations) <= 1
    numbers = [one.number for one in ticket.supervisions if one.number]
    assert len(numbers) == len(set(numbers))
    if ticket.state is State.TO_CALLBACK:
        assert ticket.callback_at or ticket.satisfaction is Satisfaction.DISSATISFIED
    if ticket.state is State.SUSPENDED:
        assert ticket.step_by
    assert "sealed" not in repr(ticket)
    assert all(earlier.at <= later.at for earlier, later in pairwise(ticket.callbacks))


def _requests_wait_where_they_may(ticket: Ticket, policy: Policy) -> None:
    waiting = [one.kind for one in ticket.requests if one.state is RequestState.PENDING]
    assert len(waiting) == len(set(waiting))
    assert all(ticket.state in LIVE[kind] for kind in waiting)
    returns = Counter(one.asked_by for one in ticket.requests if one.kind is RequestKind.RETURN)
    assert all(number <= policy.return_.max_per_unit for number in returns.values())
