"""Everybody who might give an order, with whatever they might say: sensible often enough that deep states are reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Any

from tests.tickets.desk import Desk
from tickets.appeal import Cause, ClosingKind, Reason, Satisfaction, Solved, Urgency
from tickets.clocks.watch import due_orders, numbered
from tickets.command import Command, ExclusionRule, Fault, ReturnReason, Waiver, WithdrawReason
from tickets.lifecycle import BY_COMMAND, TABLE
from tickets.limits.calendar import Calendar, DayType
from tickets.orders import Order
from tickets.papers.assignment import AssignmentRole
from tickets.papers.consultation import ConsultReason
from tickets.papers.referral import ReferralState
from tickets.papers.request import SIGNATURES, RequestKind, RequestState
from tickets.papers.supervision import Ground, Level
from tickets.phases.row import Party, Row
from tickets.state import Actor, Role, State
from tickets.ticket import Ticket
from tickets.units import Directory, Kind, Unit

UNITS = ("D04", "D05", "M06")
DIRECTORY = Directory(
    (
        *(Unit(code=code, name=code, kind=Kind.MUNICIPAL) for code in UNITS),
        *(Unit(code=f"{code}1", name=code, kind=Kind.MUNICIPAL, parent=code, level=3) for code in UNITS),
    )
)
ANNOUNCED = Calendar(
    overrides={date(2032, 1, 3): DayType.MAKEUP_WORKDAY, date(2032, 1, 5): DayType.HOLIDAY},
    announced=range(2031, 2040),
)
"""The calendar once the next years' notices came."""
OFFICERS = ("安", "白", "陈", "丁", "")

Say = Callable[[Random, Ticket], Any]
_WORDS = (*("按规定办理",) * 12, "", "电话13800138000")


def _one(values: Any) -> Say:
    among = tuple(values)
    return lambda luck, _ticket: luck.choice(among)


def _number(luck: Random, ticket: Ticket) -> str:
    known = [one.number for one in ticket.supervisions if one.number]
    return luck.choice(known) if known and luck.random() < 0.7 else f"DB-{luck.randrange(10**6)}"


def _helper(luck: Random, ticket: Ticket) -> str:
    there = [one.unit for one in ticket.helping]
    among = there if there and luck.random() < 0.6 else (*UNITS, f"{ticket.lead_unit}1", f"{ticket.lead_unit}1")
    return luck.choice(among)


SAID: Mapping[str, Say] = {
    "lead": _one((*UNITS, "")),
    "co": _one([(), ("M06",), ("D04", "D05")]),
    "members": _one([("陈",), ("陈", "丁"), ()]),
    "candidates": _one([("D04",), ("D04", "M06")]),
    "unit": _helper,
    "closing_kind": _one(ClosingKind),
    "solved": _one(Solved),
    "satisfaction": _one(Satisfaction),
    "reasons": _one([(), (Reason.NOT_TRUE,)]),
    "contacted": _one((True, False, "no")),
    "cause": _one(Cause),
    "fault": _one(Fault),
    "waiver": _one(Waiver),
    "urgency": _one(Urgency),
    "attachments": _one([("a1",)]),
    "workdays": _one((1, 3, 5, 6, 11, 0, "2")),
    "citizen_informed": _one((True, True, True, False)),
    "no_new_fact": _one((True, True, False)),
    "until": lambda luck, ticket: (ticket.received_at + timedelta(days=luck.choice((1, 40, 200)))).date(),
    "level": _one(Level),
    "ground": _one(Ground),
    "number": _number,
    "rule": _one(ExclusionRule),
    "readers": _one([("纪",), ()]),
    "citizens": _one((2, 5)),
    "round": _one((0, 1, 2)),
    "repeat": _one((True, True, False)),
    "parent": _one(("2609180000217", "2609180000308")),
    "respondent_unit": _one(("D04", "M06")),
}
REASONS = {
    Command.REQUEST_RETURN: tuple(ReturnReason),
    Command.TO_CONSULTATION: tuple(ConsultReason),
    Command.WITHDRAW: tuple(WithdrawReason),
}


def known(ticket: Ticket) -> list[Command]:
    """Orders the table has for where the ticket stands."""
    return sorted({row.command for row in TABLE if ticket.state in row.of})


def order(command: Command, ticket: Ticket, luck: Random) -> Order:
    """Some order of ``command`` by somebody: fitting more often than not."""
    rows = BY_COMMAND[command]
    data: dict[str, Any] = {}
    for row in rows:
        for name in (*row.needs, *row.takes):
            if luck.random() < (0.97 if name in row.needs else 0.5):
                data[name] = _said(command, name, ticket, luck)
    if luck.random() < 0.02:
        data["nonsense"] = "x"
    return Order(command, _who(rows, ticket, luck), data)


def _said(command: Command, name: str, ticket: Ticket, luck: Random) -> Any:
    if name == "reason" and command in REASONS:
        return luck.choice(REASONS[command])
    return SAID[name](luck, ticket) if name in SAID else luck.choice(_WORDS)


def _who(rows: tuple[Row, ...], ticket: Ticket, luck: Random) -> Actor:
    fitting = sorted({role for row in rows for role in row.by})
    role = luck.choice(fitting if luck.random() < 0.85 else list(Role))
    if role is Role.UNIT:
        helps = any(row.party is Party.HELPER for row in rows)
        usual = [one.unit for one in ticket.helping] if helps else [ticket.lead_unit]
        return Actor(role, luck.choice(usual or UNITS) if luck.random() < 0.85 else luck.choice(UNITS))
    if role in {Role.CITIZEN, Role.SYSTEM, Role.BOT}:
        return Actor(role)
    if role is Role.DISCIPLINE:
        return Actor(role, luck.choice(("纪", "另一人")))
    return Actor(role, luck.choice(OFFICERS), luck.choice(("", "", "", *UNITS)))


def usual_steps(ticket: Ticket) -> list[Order]:
    """What brings the ticket on its usual way."""
    unit, lead = Actor(Role.UNIT, ticket.lead_unit), ticket.lead
    helped = [
        Order(Command.CO_SUBMIT, Actor(Role.UNIT, one.unit), {"report": "已配合"})
        for one in ticket.helping
        if one.under_way and one.role is not AssignmentRole.LEAD
    ]
    reply = {"public_reply": "已处理", "closing_kind": "explained", "signer": "局长"}
    steps: dict[State, list[Order]] = {
        State.DRAFT: [Order(Command.SUBMIT, Actor(Role.CITIZEN))],
        State.RECEIVED: [Order(Command.ACCEPT, Actor(Role.AGENT, "安"))],
        State.TO_DISPATCH: [
            Order(Command.DISPATCH, Actor(Role.DISPATCHER, "白"), {"lead": unit}) for unit in ("D05", "D04", "M06")
        ],
        State.IN_CONSULTATION: [
            Order(Command.DECIDE_LEAD, Actor(Role.PANELIST, "陈"), {"lead": "M06", "minutes": "会议纪要"})
        ],
        State.DISPATCHED: [Order(Command.SIGN, unit)],
        State.HANDLING: [*helped, Order(Command.CONTACT, unit), Order(Command.SUBMIT_REPLY, unit, reply)],
        State.SUSPENDED: [
            Order(Command.PLAN_OVERDUE, Actor(Role.SYSTEM), {"number": f"DB-{len(ticket.supervisions)}"}),
            Order(Command.RESUME, unit),
        ],
        State.TO_CALLBACK: [
            Order(Command.NO_REACH, Actor(Role.CALLBACK_OFFICER, "丁")),
            Order(Command.LAPSE, Actor(Role.CALLBACK_OFFICER, "丁")),
        ],
        State.TO_REVIEW: [Order(Command.REVIEW_PASS, Actor(Role.REVIEWER, "安"))],
    }
    return steps.get(ticket.state, []) if lead or ticket.state not in {State.DISPATCHED, State.HANDLING} else []


def the_clock(desk: Desk) -> list[Order]:
    """What the clock orders now."""
    due = due_orders(desk.ticket, policy=desk.policy, calendar=desk.calendar, now=desk.now)
    numbers = (f"DB-{len(desk.ticket.supervisions)}-{n}" for n in count())
    return [numbered(order, lambda: next(numbers)) for order in due]


APPROVALS = {
    RequestKind.REFUSAL: (Command.APPROVE_REFUSAL, Command.REJECT_REFUSAL),
    RequestKind.RETURN: (Command.APPROVE_RETURN, Command.REJECT_RETURN),
    RequestKind.EXTENSION: (Command.APPROVE_EXTENSION, Command.REJECT_EXTENSION),
    RequestKind.SUSPEND: (Command.APPROVE_SUSPEND, Command.REJECT_SUSPEND),
    RequestKind.UNREASONABLE: (Command.APPROVE_UNREASONABLE, Command.REJECT_UNREASONABLE),
    RequestKind.TERMINATE: (Command.APPROVE_TERMINATE, Command.REJECT_TERMINATE),
    RequestKind.CO_ORGANISER: (Command.APPROVE_CO, Command.REJECT_CO),
    RequestKind.EXCLUSION: (Command.APPROVE_EXCLUSION, Command.REJECT_EXCLUSION),
    RequestKind.SCORE_APPEAL: (Command.APPROVE_SCORE_APPEAL, Command.REJECT_SCORE_APPEAL),
}


def decisions(ticket: Ticket, luck: Random) -> list[Order]:
    """Somebody decides what waits for a decision: with every signature, or with the first only; sealed files too."""
    found: list[Order] = []
    for request in ticket.requests:
        if request.state is RequestState.PENDING:
            approve, reject = APPROVALS[request.kind]
            signers = SIGNATURES.get(request.kind, (luck.choice((Role.DISPATCHER, Role.OFFICE_LEADER)),))
            for role in signers[: luck.choice((1, 9, 9))]:
                who = Actor(
                    role, luck.choice(OFFICERS[:4]) if luck.random() < 0.9 else "", luck.choice(("", "", *UNITS))
                )
                no = luck.random() < 0.35
                found.append(Order(reject if no else approve, who, {"note": "说明"} if no else {}))
    said = {"reason": "经查", "readers": ("纪",)}
    for file in ticket.referrals:
        if file.state is ReferralState.REFERRED:
            found.append(Order(Command.ANSWER_REFERRAL, Actor(Role.DISCIPLINE, "纪"), {"text": "已查"}))
        elif file.state is ReferralState.PROPOSED and luck.random() < 0.4:
            found.append(Order(Command.REFER_DISCIPLINE, Actor(Role.OFFICE_LEADER, luck.choice(OFFICERS)), said))
        elif file.state is ReferralState.PROPOSED:
            why = {"reason": "证据不足"}
            found.append(Order(Command.DISMISS_REFERRAL, Actor(Role.OFFICE_LEADER, luck.choice(OFFICERS)), why))
    return found


def a_change_of_mind(desk: Desk, luck: Random) -> Iterator[Order]:
    """The unit speaks with a dissatisfied citizen, who then says otherwise; sometimes a reviewer believes it."""
    desk.now += timedelta(hours=1)
    yield Order(Command.CONTACT, Actor(Role.UNIT, desk.ticket.lead_unit))
    desk.now += timedelta(hours=1)
    yield Order(Command.RATE, Actor(Role.CITIZEN), {"satisfaction": Satisfaction.BASIC})
    if luck.random() < 0.5:
        yield Order(Command.ACCEPT_CHANGE, Actor(Role.REVIEWER, "安"), {"text": "已向市民核实"})


def silence(desk: Desk) -> Iterator[Order]:
    """Asked at every hour that was set, and nobody answers."""
    for _ in range(desk.policy.callback.attempts):
        desk.now = max(desk.now, desk.ticket.callback_at or desk.now)
        yield Order(Command.ASK, Actor(Role.SYSTEM))
    desk.now = max(desk.now, desk.ticket.callback_at or desk.now)
    yield Order(Command.LAPSE, Actor(Role.SYSTEM))


def badly_handled_again(desk: Desk, luck: Random) -> Iterator[Order]:
    """Redone and dissatisfied until the system proposes to refer it; a person may decide."""
    unhappy = {"satisfaction": Satisfaction.DISSATISFIED}
    for _ in range(3):
        yield Order(Command.RATE, Actor(Role.CITIZEN), unhappy)
        yield Order(Command.REDO, Actor(Role.OFFICE_LEADER, "安"), {"cause": Cause.POOR_HANDLING})
        for _ in range(2):
            yield from usual_steps(desk.ticket)
    yield Order(Command.RATE, Actor(Role.CITIZEN), unhappy)
    yield Order(Command.PROPOSE_REFERRAL, Actor(Role.SYSTEM), {"text": "多次不满意"})
    yield from decisions(desk.ticket, luck)


def called_back(desk: Desk, luck: Random) -> Iterator[Order]:
    """Silence, or dissatisfaction and what may follow from it."""
    if luck.random() < 0.2:
        yield from silence(desk)
        return
    yield Order(Command.RATE, Actor(Role.CITIZEN), {"satisfaction": Satisfaction.DISSATISFIED})
    if luck.random() < 0.1:
        yield from a_change_of_mind(desk, luck)
    elif luck.random() < 0.1:
        yield from badly_handled_again(desk, luck)
    elif luck.random() < 0.8:
        yield Order(Command.REDO, Actor(Role.OFFICE_LEADER, "安"), {"cause": Cause.POOR_HANDLING})


def life(desk: Desk, luck: Random, *, steps: int, tried: Counter[Command] | None = None) -> Iterator[Order]:
    """Orders as a busy office and its citizens give them, the clock moving between; what was ``tried`` least comes
    first. Each order is drawn for the ticket as the one before left it."""
    often = Counter[Command]() if tried is None else tried
    for _ in range(steps):
        dice, ticket = luck.random(), desk.ticket
        if dice < 0.6 and (open_ := known(ticket)):
            yield order(min(luck.choices(open_, k=2), key=often.__getitem__), ticket, luck)
        elif dice < 0.63:
            yield order(luck.choice(list(Command)), ticket, luck)
        elif dice < 0.75:
            yield from decisions(ticket, luck)
        elif dice < 0.8 and ticket.state is State.TO_CALLBACK:
            yield from called_back(desk, luck)
        elif dice < 0.88:
            yield from usual_steps(ticket)[: luck.choice((1, 1, 9))]
        elif dice < 0.91:
            yield from the_clock(desk)
        elif dice < 0.98:
            ended = ticket.closed_at is not None and luck.random() < 0.2
            desk.now += timedelta(hours=9000 if ended else luck.choice((0.1, 1, 4, 30, 200, 900)))
        else:
            desk.calendar = ANNOUNCED
