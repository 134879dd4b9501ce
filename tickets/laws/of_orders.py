"""What one order to a ticket may change, whatever the table of the life cycle says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tickets.appeal import Satisfaction
from tickets.command import Command
from tickets.orders import Order, TicketEvent
from tickets.papers.callback import Callback, Outcome
from tickets.papers.request import SIGNATURES, Request, RequestKind, RequestState
from tickets.policy import Policy
from tickets.state import ENDED, Role, State
from tickets.ticket import Ticket

_NEW_ROUND = {Command.REDO, Command.REOPEN}
_SEALED = {Command.PROPOSE_REFERRAL, Command.REFER_DISCIPLINE, Command.DISMISS_REFERRAL, Command.ANSWER_REFERRAL}
_PAPERS = ("assignments", "requests", "supervisions", "consultations", "callbacks", "referrals")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One order that was carried out."""

    before: Ticket
    order: Order
    after: Ticket
    event: TicketEvent = field(repr=False)
    policy: Policy = field(repr=False)


def the_event_tells_what_happened(step: Step) -> bool:
    """From where to where, by which order, sealed or not."""
    before, after, event, command = step.before, step.after, step.event, step.order.command
    told = (event.from_state, event.to_state, event.command) == (before.state, after.state, command)
    return told and event.sealed == (command in _SEALED)


def a_ticket_stays_itself(step: Step) -> bool:
    """Its number, its rules and what kind of appeal it is."""
    before, after = step.before, step.after
    return (after.number, after.policy, after.type) == (before.number, before.policy, before.type)


def the_promise_moves_only_by_right(step: Step) -> bool:
    """``due_at`` is set once, by a new round, by a granted request, or earlier because it became urgent."""
    before, after, command = step.before, step.after, step.order.command
    if before.due_at == after.due_at:
        return True
    if before.due_at is None:
        return command is Command.SUBMIT
    if command in _NEW_ROUND:
        return after.redo_no == before.redo_no + 1
    if command is Command.RECOUNT:
        return before.due_uncertain
    if after.due_at and after.due_at > before.due_at:
        return bool({one.kind for one in _newly_approved(step)} & {RequestKind.EXTENSION, RequestKind.SUSPEND})
    return command is Command.RAISE_URGENCY and after.urgency is not before.urgency


def papers_are_only_added_to(step: Step) -> bool:
    """Numbered without gaps, none lost, and what was over stays as it was."""
    for name in _PAPERS:
        were, are = getattr(step.before, name), getattr(step.after, name)
        if len(are) < len(were) or [one.n for one in are] != list(range(1, len(are) + 1)):
            return False
        # A sealed file that was decided is still answered and read.
        if name != "referrals" and any(_over(old) and old != new for old, new in zip(were, are, strict=False)):
            return False
    return True


def the_first_rating_stays(step: Step) -> bool:
    """Later rounds never overwrite it."""
    first = step.before.first_satisfaction
    return first is None or step.after.first_satisfaction is first


def the_citizens_word_is_his(step: Step) -> bool:
    """Only he rates, himself or on the telephone; silence is kept apart, and what he said is not touched."""
    before, after, order = step.before, step.after, step.order
    if after.satisfaction not in {before.satisfaction, None, Satisfaction.UNREACHABLE}:
        return order.actor.role in {Role.CITIZEN, Role.CALLBACK_OFFICER}
    if after.satisfaction is Satisfaction.UNREACHABLE and before.satisfaction is not after.satisfaction:
        return before.satisfaction is None and order.command is Command.LAPSE
    return all(
        _completed_only(old, new)
        for old, new in zip(before.callbacks, after.callbacks, strict=False)
        if old.outcome is Outcome.ANSWERED
    )


def a_rating_is_never_overwritten(step: Step) -> bool:
    """Within a round it stays; what the citizen says later stands beside it, once."""
    before, after = step.before, step.after
    if after.changed_satisfaction and not before.changed_satisfaction and step.order.actor.role is not Role.CITIZEN:
        return False
    kept = before.satisfaction in {None, after.satisfaction}
    return before.redo_no != after.redo_no or (
        kept and before.changed_satisfaction in {None, after.changed_satisfaction}
    )


def _completed_only(old: Callback, new: Callback) -> bool:
    """An answer may be completed, never changed."""
    return (
        (old.by, old.way, old.answered_at) == (new.by, new.way, new.answered_at)
        and old.solved in {None, new.solved}
        and old.satisfaction in {None, new.satisfaction}
        and new.reasons[: len(old.reasons)] == old.reasons
        and new.comment.startswith(old.comment)
        and new.findings[: len(old.findings)] == old.findings
    )


def nobody_grants_his_own_wish(step: Step) -> bool:
    """As many signatures as are needed, by different people with names, none of them who asked."""
    for one in _newly_approved(step):
        needed = SIGNATURES.get(one.kind, (Role.DISPATCHER,))
        different = len({*one.signed, one.asked_by}) == len(one.signed) + 1
        if len(one.signed) != len(needed) or not different or "" in one.signed:
            return False
    return True


def units_order_only_their_own(step: Step) -> bool:
    """A unit gives orders where it leads or helps, and never ends a ticket."""
    actor, before = step.order.actor, step.before
    if actor.role is not Role.UNIT:
        return True
    mine = actor.id in {before.lead_unit, *(one.unit for one in before.helping)}
    return mine and step.after.state not in ENDED - {before.state}


def the_hotline_calls_back(step: Step) -> bool:
    """Never a unit that handled it, or that it is about."""
    order, before = step.order, step.before
    asks = order.command in {Command.RATE, Command.ASK, Command.NO_REACH}
    involved = {before.respondent_unit, *(one.unit for one in before.assignments)} - {""}
    return not (asks and order.actor.role is Role.CALLBACK_OFFICER and order.actor.unit in involved)


def a_person_refuses(step: Step) -> bool:
    """Nothing is refused or ended for good but by a reviewer or the office's leader."""
    ends = step.after.state in {State.TERMINATED, State.NOT_ACCEPTED} and step.before.state is not step.after.state
    return not ends or step.order.actor.role in {Role.OFFICE_LEADER, Role.REVIEWER}


def _newly_approved(step: Step) -> list[Request]:
    were = {one.n for one in step.before.requests if one.state is RequestState.APPROVED}
    return [one for one in step.after.requests if one.state is RequestState.APPROVED and one.n not in were]


def _over(paper: object) -> bool:
    return any(getattr(paper, moment, None) for moment in ("ended_at", "settled_at", "decided_at"))


OF_ORDERS: tuple[Callable[[Step], bool], ...] = (
    the_event_tells_what_happened,
    a_ticket_stays_itself,
    the_promise_moves_only_by_right,
    papers_are_only_added_to,
    the_first_rating_stays,
    the_citizens_word_is_his,
    a_rating_is_never_overwritten,
    nobody_grants_his_own_wish,
    units_order_only_their_own,
    the_hotline_calls_back,
    a_person_refuses,
)
