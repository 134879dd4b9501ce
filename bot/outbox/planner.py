"""Which way a message of ours takes: a free message, a subscription, a template, another of his channels, or a call.

Pushing is scarcer than time (house.md, decision 9): of a citizen's reply window the last message is kept for a person
and the one before it for a person or the result of a ticket. Plain values in, a plain value out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.outbox.ledger import Ledger
from bot.outbox.priority import Priority
from bot.outbox.why import Why
from channels.capabilities import Capabilities, Permit, Route
from channels.message import Address, Notice, Say

RESULTS = frozenset({"ticket.replied", "survey.ask"})
"""Notices that carry the result of a ticket: they get through, by a call if need be."""

LIGHT = frozenset({"draft.remind"})
"""Notices worth nothing where they cost: they go where the citizen writes, or nowhere."""

CALL = "call"
"""The route of a message that became a task for an agent."""

NO_WINDOW = Ledger()


class Sender(StrEnum):
    """The values of ``outbox.sender``."""

    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"


class Step(StrEnum):
    """What the outbox does next."""

    SEND = "send"
    READDRESS = "readdress"
    """Queue it again under ``Plan.address``, whose account has a queue of its own."""
    CALL = "call"
    CANCEL = "cancel"
    DEAD = "dead"
    """No way, and somebody waits for it: shown to a person."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The next step of one message, by which ``route``, and why."""

    step: Step
    why: Why
    route: str = ""
    address: Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One account's way to a citizen: what the channel can, which notices have a registered template (``templates``,
    from settings), which one that needs the citizen's leave (``permits``), and whether words of our own may be sent at
    all (``free_text``)."""

    capabilities: Capabilities
    templates: frozenset[str] = frozenset()
    permits: Mapping[str, Permit] = field(default_factory=dict)
    free_text: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Another place the citizen is proved to be: his phone, or a chat of his where we may write at any time. ``willing``:
    he lets us, and has not opted out there."""

    address: Address
    line: Line
    willing: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What the planner knows of one message. ``failed`` is the route that was refused before, "" if none was;
    ``original`` tells that the address is the conversation's own and not one we fell back to; ``allowed`` how often the
    citizen still lets us send, by template."""

    body: Say | Notice = field(repr=False)
    sender: Sender
    priority: int
    line: Line
    ledger: Ledger = NO_WINDOW
    allowed: Mapping[str, int] = field(default_factory=dict)
    agent_holds: bool = False
    opted_out: bool = False
    unreachable: bool = False
    original: bool = True
    failed: str = ""
    elsewhere: tuple[Elsewhere, ...] = ()
    """In the order they are tried."""
    only_here: bool = False
    """The citizen wants to hear from us in this chat alone."""


def plan(case: Case, *, now: datetime) -> Plan:
    """The first way that is open, in the order: free message, subscription, template, another of his channels, call by an
    agent; each way only once (a refused one and those before it are not tried again). Who wants to hear from us only here
    is reached here or not at all: what he waits for is then shown to a person. The inline way is the hub's and comes
    first."""
    if case.sender is Sender.BOT and isinstance(case.body, Say) and case.agent_holds:
        return Plan(Step.CANCEL, Why.AGENT_HOLDS)
    return next(_ways(case, now), None) or _no_way(case, now)


def _ways(case: Case, now: datetime) -> Iterator[Plan]:
    result = _is_result(case)
    here = not case.unreachable and not _notices_refused(case)
    if here and not case.failed:
        yield from _direct(case, now)
    if here and case.failed in ("", Route.DIRECT):
        yield from _subscription(case)
    if here and case.failed in ("", Route.DIRECT, Route.SUBSCRIPTION):
        yield from _template(case)
    if case.original:
        yield from (_readdressed(way) for way in case.elsewhere if _fits(case, way))
    if here and result and not case.failed and case.ledger.available(now):
        yield from _last_of_window(case)
    if result and not case.only_here:
        yield Plan(Step.CALL, Why.CALL, route=CALL)


def _readdressed(way: Elsewhere) -> Plan:
    by_phone = way.line.capabilities.phone_addressed
    return Plan(Step.READDRESS, Why.PHONE if by_phone else Why.OTHER_CHANNEL, address=way.address)


def _direct(case: Case, now: datetime) -> Iterator[Plan]:
    line = case.line
    if Route.DIRECT not in line.capabilities.routes or not line.free_text:
        return
    if not line.capabilities.windows:
        yield Plan(Step.SEND, Why.FREE, route=Route.DIRECT)
    elif case.ledger.available(now) > _reserve(case):
        yield Plan(Step.SEND, Why.IN_WINDOW, route=Route.DIRECT)


def _subscription(case: Case) -> Iterator[Plan]:
    if not isinstance(case.body, Notice) or Route.SUBSCRIPTION not in case.line.capabilities.routes:
        return
    permit = case.line.permits.get(case.body.key)
    if permit is not None and case.allowed.get(permit.template, 0) > 0:
        yield Plan(Step.SEND, Why.SUBSCRIBED, route=Route.SUBSCRIPTION)


def _template(case: Case) -> Iterator[Plan]:
    body, line = case.body, case.line
    if isinstance(body, Notice) and body.key in line.templates and Route.TEMPLATE in line.capabilities.routes:
        yield Plan(Step.SEND, Why.TEMPLATE, route=Route.TEMPLATE)


def _last_of_window(case: Case) -> Iterator[Plan]:
    if Route.DIRECT in case.line.capabilities.routes and case.line.free_text:
        yield Plan(Step.SEND, Why.LAST_OF_WINDOW, route=Route.DIRECT)


def _fits(case: Case, way: Elsewhere) -> bool:
    """Chatter of the bot is not worth a text; a citizen who refused notices here gets only the result there."""
    if isinstance(case.body, Say):
        worth = case.sender is Sender.AGENT or case.priority == Priority.EMERGENCY
        return worth and way.willing and way.line.free_text and Route.DIRECT in way.line.capabilities.routes
    if case.body.key in LIGHT:
        return False
    if case.opted_out and not _is_result(case) and case.priority != Priority.EMERGENCY:
        return False
    routes = way.line.capabilities.routes
    by_template = Route.TEMPLATE in routes and case.body.key in way.line.templates
    return way.willing and (by_template or (way.line.free_text and Route.DIRECT in routes))


def _no_way(case: Case, now: datetime) -> Plan:
    """Lesser notices are let go; words somebody waits for are shown to a person."""
    if isinstance(case.body, Say) or case.priority == Priority.EMERGENCY or (_is_result(case) and case.only_here):
        return Plan(Step.DEAD, Why.ONLY_HERE if case.only_here else Why.NO_WAY)
    if case.opted_out:
        return Plan(Step.CANCEL, Why.OPTED_OUT)
    if case.unreachable:
        return Plan(Step.CANCEL, Why.ONLY_HERE if case.only_here else Why.LEFT)
    kept = not case.failed and case.ledger.available(now) > 0
    return Plan(Step.CANCEL, Why.RESERVE_KEPT if kept else Why.ONLY_HERE if case.only_here else Why.NO_WAY)


def _notices_refused(case: Case) -> bool:
    return case.opted_out and isinstance(case.body, Notice) and case.priority != Priority.EMERGENCY


def _is_result(case: Case) -> bool:
    return isinstance(case.body, Notice) and case.body.key in RESULTS


def _reserve(case: Case) -> int:
    """How many messages of the window this one must leave for those worth more. Of a window too small for that nothing
    is kept: the one answer to a public remark is all it was bought for."""
    if case.sender is Sender.AGENT or case.priority == Priority.EMERGENCY:
        return 0
    counts = (window.count for window in case.line.capabilities.windows.values())
    smallest = min((count for count in counts if count is not None), default=0)
    return min(1 if _is_result(case) else 2, max(smallest - 1, 0))
