"""What follows from an order by itself: a bad rating brings a redo where the policy says so, and the third a proposal.

The system only proposes what concerns officials (移交); a named person decides.
"""

from __future__ import annotations

from collections.abc import Iterator

from tickets.appeal import Cause, Reason, Satisfaction
from tickets.command import Command
from tickets.orders import Order
from tickets.papers.triage import cause_behind, cause_for_redo
from tickets.policy import Policy
from tickets.state import Actor, Role
from tickets.ticket import Ticket

SYSTEM = Actor(Role.SYSTEM)
_REFERRED_FOR = {Cause.POOR_HANDLING, Cause.FALSE_CLOSING}


def follows(ticket: Ticket, order: Order, policy: Policy) -> Iterator[Order]:
    """The system's own orders after ``order`` left ``ticket`` as it is, in their turn; each may be refused."""
    cause = _cause(ticket, order)
    if order.command is Command.RATE and cause:
        reasons = _reasons(order)
        if again := cause_for_redo(reasons, policy):
            yield Order(Command.REDO, SYSTEM, {"cause": again})
    if cause in _REFERRED_FOR and ticket.dissatisfied_count >= policy.redo.discipline_proposal_after_dissatisfied:
        yield Order(Command.PROPOSE_REFERRAL, SYSTEM, {"text": _grounds(ticket)})


def _cause(ticket: Ticket, order: Order) -> Cause | None:
    """What the order says is behind the dissatisfaction, None when it is about something else."""
    if order.command is Command.REDO:
        return Cause(str(order.data["cause"]))
    if order.command is not Command.RATE or not ticket.dissatisfied:
        return None
    given = order.data.get("satisfaction")
    return cause_behind(_reasons(order)) if given == Satisfaction.DISSATISFIED else None


def _reasons(order: Order) -> tuple[Reason, ...]:
    given = order.data.get("reasons") or ()
    return tuple(Reason(one) for one in ((given,) if isinstance(given, str) else given))  # type: ignore[attr-defined]


def _grounds(ticket: Ticket) -> str:
    """The evidence in plain words, from the record alone: the citizen's own words stay where he wrote them."""
    counts = [f"累计{ticket.dissatisfied_count}次不满意", f"已重办{ticket.redo_no}次"]
    if ticket.false_closing_count:
        counts.append(f"认定虚假办结{ticket.false_closing_count}次")
    flagged = sum(1 for one in ticket.callbacks if one.after_contact)
    if flagged:
        counts.append(f"承办单位联系后评价{flagged}次")
    return "系统依据规则提请研判：" + "，".join(counts) + "。是否移交由负责人决定。"
