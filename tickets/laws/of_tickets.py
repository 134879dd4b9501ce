"""What a ticket looks like at any time, whatever was ordered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise

from tickets.papers.assignment import AssignmentRole
from tickets.papers.request import LIVE, RequestKind, RequestState
from tickets.phases.replies import personal_data
from tickets.policy import Policy
from tickets.state import ENDED, LED, State
from tickets.ticket import Ticket

_NOT_LED = {State.DRAFT, State.RECEIVED, State.TO_DISPATCH, State.IN_CONSULTATION, State.NOT_ACCEPTED, State.MERGED}


def one_unit_leads(ticket: Ticket, _policy: Policy) -> bool:
    """Exactly one from dispatch on, with a limit; nobody before."""
    live = [one for one in ticket.assignments if one.ended_at is None]
    leads = [one for one in live if one.role is AssignmentRole.LEAD]
    if ticket.state in LED and not (len(leads) == 1 and ticket.due_at and leads[0].due_at):
        return False
    return ticket.state not in _NOT_LED or not live


def a_unit_has_one_part(ticket: Ticket, _policy: Policy) -> bool:
    """No unit has two parts in a ticket at a time."""
    parts = Counter(one.unit for one in ticket.assignments if one.ended_at is None)
    return all(number == 1 for number in parts.values())


def requests_wait_where_they_may(ticket: Ticket, policy: Policy) -> bool:
    """One of a kind, where it can still be decided, and returns no more than the policy gives a unit."""
    waiting = [one.kind for one in ticket.requests if one.state is RequestState.PENDING]
    returns = Counter(one.asked_by for one in ticket.requests if one.kind is RequestKind.RETURN)
    return (
        len(waiting) == len(set(waiting))
        and all(ticket.state in LIVE[kind] for kind in waiting)
        and all(number <= policy.return_.max_per_unit for number in returns.values())
    )


def extensions_stay_within_the_policy(ticket: Ticket, policy: Policy) -> bool:
    """No more of them, and no longer together, than it grants."""
    days = [int(str(one.data["workdays"])) for one in ticket.asked(RequestKind.EXTENSION, RequestState.APPROVED)]
    return len(days) <= len(policy.extension.grants()) and sum(days) <= policy.extension.total.amount


def over_means_over(ticket: Ticket, _policy: Policy) -> bool:
    """It has an end exactly where it is over; what was withdrawn knows where it stood, what joined knows its parent."""
    return (
        (ticket.closed_at is not None) == (ticket.state in ENDED)
        and (ticket.withdrawn_from is None or ticket.state in {State.WITHDRAWN, State.ARCHIVED})
        and bool(ticket.merged_into) == (ticket.state is State.MERGED)
    )


def somebody_looks_after_it(ticket: Ticket, _policy: Policy) -> bool:
    """What waits for the citizen has its hour, what is suspended its milestone, what is consulted its panel."""
    if ticket.state is State.TO_CALLBACK:
        return bool(ticket.callback_at) or ticket.dissatisfied
    if ticket.state is State.SUSPENDED:
        return ticket.step_by is not None
    return ticket.state is not State.IN_CONSULTATION or ticket.consultation is not None


def one_panel_sits(ticket: Ticket, _policy: Policy) -> bool:
    """One consultation at a time."""
    return sum(one.open for one in ticket.consultations) <= 1


def supervisions_have_their_own_numbers(ticket: Ticket, _policy: Policy) -> bool:
    """What a citizen is told of is found by its number."""
    numbers = [one.number for one in ticket.supervisions if one.number]
    return len(numbers) == len(set(numbers))


def nobodys_number_is_published(ticket: Ticket, _policy: Policy) -> bool:
    """The public reply holds no mobile or identity number."""
    return not personal_data(ticket.public_reply)


def callbacks_follow_each_other(ticket: Ticket, _policy: Policy) -> bool:
    """In the order of time."""
    return all(earlier.at <= later.at for earlier, later in pairwise(ticket.callbacks))


OF_TICKETS: tuple[Callable[[Ticket, Policy], bool], ...] = (
    one_unit_leads,
    a_unit_has_one_part,
    requests_wait_where_they_may,
    extensions_stay_within_the_policy,
    over_means_over,
    somebody_looks_after_it,
    one_panel_sits,
    supervisions_have_their_own_numbers,
    nobodys_number_is_published,
    callbacks_follow_each_other,
)
