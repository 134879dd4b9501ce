"""The officers and units of the month: what each does about a ticket, and how long he takes, when something happened.

Units are good, slow, evasive (they ask to return what they can) or false closers (they say it is done). They see what
happened in the log of events, as everybody does, and give their orders through the office.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any

from bot.city import LoadedCity
from tickets.appeal import AppealType, ClosingKind, Urgency
from tickets.command import Command as C
from tickets.dispatch.case import Case
from tickets.dispatch.sources import Duties, Rows, Territory
from tickets.dispatch.suggestion import Combiner, Suggestion
from tickets.orders import Order
from tickets.papers.request import RequestKind
from tickets.state import Actor, Role, State
from tickets.ticket import Ticket

Given = tuple[str, Order]
Says = Callable[[Ticket], list[Given]]
NAMES = ("安宁", "白桦", "陈实", "丁一", "方正", "葛明")
REPLIES = (
    "工作人员已到现场核实，问题属实，已安排整改，当日完成并复查正常。",
    "经核查，已联系责任单位处理到位，并纳入日常巡查，请您继续监督。",
    "已维修更换，现场恢复正常，感谢您的反映。",
)
DONE = "经现场检查，未发现所反映的问题。"


class Manner(StrEnum):
    """How a unit works."""

    GOOD = "good"
    SLOW = "slow"
    EVASIVE = "evasive"
    FALSE = "false"


@dataclass(frozen=True, slots=True)
class Doing:
    """Something somebody is about to do with a ticket, once he sees how it stands."""

    number: str
    says: Says = field(repr=False)


Plan = Iterator[tuple[datetime, Doing]]


class Officers:
    """Everybody who gives orders but the citizens."""

    def __init__(self, city: LoadedCity, luck: Random) -> None:
        self._city = city
        self._luck = luck
        manners = Random(luck.random())
        shares = (0.62, 0.2, 0.09, 0.09)
        self.manner: dict[str, Manner] = {
            unit.code: manners.choices(list(Manner), shares)[0] for unit in city.directory
        }
        self._leads_it: dict[str, str] = {}
        self._under_way: deque[str] = deque(maxlen=40)
        self._after: Mapping[C, Callable[[Mapping[str, Any], datetime], Plan]] = {
            C.SUBMIT: self._came,
            C.REFUSE: self._signing(Role.REVIEWER, C.APPROVE_REFUSAL, C.REJECT_REFUSAL, no=0.1),
            C.REQUEST_RETURN: self._signing(Role.DISPATCHER, C.APPROVE_RETURN, C.REJECT_RETURN, no=0.5, lying=0.15),
            C.REJECT_RETURN: self._disputes,
            C.TO_CONSULTATION: self._panel,
            C.DISPUTE: self._panel,
            C.ESCALATE: self._panel,
            C.REQUEST_CO: self._signing(Role.DISPATCHER, C.APPROVE_CO, C.REJECT_CO, no=0.2),
            C.REQUEST_EXTENSION: self._signing(Role.DISPATCHER, C.APPROVE_EXTENSION, C.REJECT_EXTENSION, no=0.2),
            C.REQUEST_SUSPEND: self._signing(Role.OFFICE_LEADER, C.APPROVE_SUSPEND, C.REJECT_SUSPEND, no=0.3),
            C.CLAIM_UNREASONABLE: self._unreasonable,
            C.ESCALATE_REQUEST: self._leader_decides,
            C.SUBMIT_REPLY: self._review,
            C.RATE: self._triage,
            C.PROPOSE_TERMINATE: self._terminate,
            C.REQUEST_EXCLUSION: self._exclusion,
            C.SUPERVISE: self._answers_supervision,
            C.ANSWER_SUPERVISION: self._passes_supervision,
            C.ASK: self._calls,
        }

    def after(self, event: Mapping[str, Any]) -> Plan:
        """What follows from one line of the log."""
        at = event["at"]
        if lead := event["data"].get("lead"):
            self._leads_it[event["ticket"]] = lead
        if follow := self._after.get(C(event["command"])):
            yield from follow(event, at)
        if event["from_state"] != event["to_state"]:
            yield from self._arrived(State(event["to_state"]), event["ticket"], at)

    def deserved(self, number: str) -> str:
        """How a citizen will rate what was done about his ticket."""
        manner = self.manner.get(self._leads_it.get(number, ""), Manner.GOOD)
        shares = {Manner.GOOD: (30, 50, 14, 6), Manner.FALSE: (2, 18, 20, 60)}.get(manner, (12, 45, 25, 18))
        return self._luck.choices(("very", "satisfied", "basic", "dissatisfied"), shares)[0]

    # Times and names.

    def _later(self, at: datetime, low: float, high: float) -> datetime:
        """So many hours on, put off to office hours."""
        calendar = self._city.calendar
        then = calendar.local(at + timedelta(hours=self._luck.uniform(low, high)))
        while True:
            for opens, closes in calendar.office_spans(then.date()):
                if then < closes:
                    return then if then >= opens else opens + timedelta(minutes=self._luck.uniform(0, 45))
            then = (then + timedelta(days=1)).replace(hour=0, minute=0)

    def _who(self, role: Role) -> Actor:
        return Actor(role, self._luck.choice(NAMES))

    def _chance(self, share: float) -> bool:
        return self._luck.random() < share

    # Intake and dispatch.

    def _came(self, event: Mapping[str, Any], at: datetime) -> Plan:
        yield self._later(at, 0.1, 1.5), Doing(event["ticket"], self._receive)

    def _receive(self, ticket: Ticket) -> list[Given]:
        """What lacks something is looked at by a person: accepted, refused, or answered on the line."""
        if ticket.state is not State.RECEIVED or ticket.pending(RequestKind.REFUSAL):
            return []
        agent, dice = self._who(Role.AGENT), self._luck.random()
        if dice < 0.12:
            said = {"scope_rule": "S7", "text": "反映的内容不具体，无法核实，请补充时间地点后再提交。"}
            return [(ticket.number, Order(C.REFUSE, agent, said))]
        if dice < 0.2:
            line = {"unit": "M02", "note": "值班电话当场答复", "public_reply": "收费标准以公示牌为准，乱收费可拒付。"}
            return [(ticket.number, Order(C.THREE_WAY, agent, line))]
        if dice < 0.26 and self._under_way and not ticket.safety and ticket.type is not AppealType.REPORT:
            parent = self._luck.choice(self._under_way)
            joins = Order(C.ABSORB, agent, {"child": ticket.number})
            return [(ticket.number, Order(C.MERGE, agent, {"parent": parent})), (parent, joins)]
        return [(ticket.number, Order(C.ACCEPT, agent))]

    def _dispatch(self, ticket: Ticket) -> list[Given]:
        """To whom the catalogue says; what came back twice, and what nobody's it is, to a panel."""
        if ticket.state is not State.TO_DISPATCH:
            return []
        found = self._suggested(ticket)
        gave = {one.asked_by for one in ticket.requests if one.kind is RequestKind.RETURN}
        units = [one.unit for one in found if one.unit not in gave] or ["D01"]
        officer = self._who(Role.DISPATCHER)
        if ticket.return_count >= 2 or self._chance(0.01):
            said = {"reason": "conflict", "candidates": units}
            return [(ticket.number, Order(C.TO_CONSULTATION, officer, said))]
        self._under_way.append(ticket.number)
        co = [one for one in (found[0].co if found else ()) if one != units[0]][:1] if self._chance(0.08) else []
        return [(ticket.number, Order(C.DISPATCH, officer, {"lead": units[0], "co": co}))]

    def _suggested(self, ticket: Ticket) -> tuple[Suggestion, ...]:
        directory = self._city.directory
        sources = (Rows(directory, self._city.catalogue), Duties(directory), Territory(directory))
        combiner = Combiner(directory=directory, sources=sources, rules=self._city.talk.policy.dispatch)
        day = ticket.received_at.date()
        return combiner.suggest(Case(category=ticket.category, day=day, district=ticket.district))

    def _panel(self, event: Mapping[str, Any], at: datetime) -> Plan:
        """Most panels settle in time; the others are escalated by the clock."""
        yield self._later(at, 4, 90), Doing(event["ticket"], self._settle)

    def _settle(self, ticket: Ticket) -> list[Given]:
        if not ticket.consultation:
            return []
        lead = ticket.lead_unit or (*ticket.consultation.candidates, "D01")[0]
        said = {"lead": lead, "minutes": "经会商，由该单位牵头办理。"}
        return [(ticket.number, Order(C.DECIDE_LEAD, self._who(Role.PANELIST), said))]

    # Units.

    def _arrived(self, state: State, number: str, at: datetime) -> Plan:
        """A ticket came to where somebody else goes on with it."""
        if state is State.TO_DISPATCH:
            yield self._later(at, 0.1, 2.8), Doing(number, self._dispatch)
        elif state is State.DISPATCHED:
            yield self._later(at, 0.2, 5.5), Doing(number, self._sign)
        elif state is State.HANDLING:
            yield self._later(at, 1, 7), Doing(number, self._contact)
            yield self._later(at, 6, 60), Doing(number, self._midway)
            yield self._later(at, 20, 110), Doing(number, self._reply)
            yield self._later(at, 150, 200), Doing(number, self._reply)
        elif state is State.SUSPENDED:
            yield self._later(at, 60, 300), Doing(number, self._progress)
        elif state is State.CLOSED and self._chance(0.03):
            yield self._later(at, 3, 90), Doing(number, self._after_closing)
        elif state is State.NOT_ACCEPTED and self._chance(0.2):
            yield self._later(at, 1, 30), Doing(number, self._object)

    def _lead(self, ticket: Ticket) -> tuple[Actor, Manner]:
        unit = ticket.lead_unit
        return Actor(Role.UNIT, unit), self.manner.get(unit, Manner.GOOD)

    def _sign(self, ticket: Ticket) -> list[Given]:
        """The evasive ask to return it; the slow are often too late and are signed for."""
        if ticket.state is not State.DISPATCHED:
            return []
        unit, manner = self._lead(ticket)
        orders = []
        if not ticket.pending(RequestKind.RETURN) and self._chance(0.4 if manner is Manner.EVASIVE else 0.02):
            said = {"reason": "not_our_duty", "clause": "三定规定第四条", "suggested": "D01"}
            orders.append((ticket.number, Order(C.REQUEST_RETURN, unit, said)))
        elif manner is not Manner.SLOW or self._chance(0.5):
            orders.append((ticket.number, Order(C.SIGN, unit)))
        return orders

    def _contact(self, ticket: Ticket) -> list[Given]:
        if ticket.state is not State.HANDLING:
            return []
        unit, manner = self._lead(ticket)
        if ticket.confidential or (manner is Manner.SLOW and self._chance(0.3)):
            return []
        helpers = [
            (ticket.number, Order(C.CO_SIGN, Actor(Role.UNIT, one.unit)))
            for one in ticket.helping
            if one.under_way and not one.signed_at
        ]
        return [(ticket.number, Order(C.CONTACT, unit, {"method": "phone", "note": "已电话联系"})), *helpers]

    def _midway(self, ticket: Ticket) -> list[Given]:
        """What a unit asks for while it works."""
        if ticket.state is not State.HANDLING:
            return []
        (unit, manner), number, dice = self._lead(ticket), ticket.number, self._luck.random()
        done: list[Given] = []
        if ticket.urgency is not Urgency.NORMAL:
            done.append((number, Order(C.INTERIM, unit, {"text": "抢修人员已到现场，正在处理。"})))
        if dice < (0.2 if manner is Manner.SLOW else 0.05) and ticket.urgency is not Urgency.CRITICAL:
            said = {"workdays": self._luck.choice((2, 3, 5)), "text": "等待配件到货", "citizen_informed": True}
            done.append((number, Order(C.REQUEST_EXTENSION, unit, said)))
        elif dice < 0.22:
            child = next((one.code for one in self._city.directory if one.parent == unit.id), "")
            if child and self._chance(0.3):
                done.append((number, Order(C.SUB_DISPATCH, unit, {"unit": child})))
        elif dice < 0.24:
            done.append((number, Order(C.REQUEST_CO, unit, {"unit": "M03", "reason": "需城管部门配合"})))
        elif dice < 0.25:
            until = self._city.calendar.local(ticket.received_at).date() + timedelta(days=self._luck.randrange(30, 90))
            plan = {"reason": "管网改造", "measures": "纳入改造计划", "text": "已列入改造计划", "until": until}
            done.append((number, Order(C.REQUEST_SUSPEND, unit, plan)))
        elif dice < 0.26:
            claim = {"evidence": "现场照片", "public_reply": "经核查，所反映事项不属实，已向您说明。"}
            done.append((number, Order(C.CLAIM_UNREASONABLE, unit, claim)))
        elif dice < 0.27:
            why = {"level": "L3", "ground": "instruction", "number": f"DB-{number}-{len(ticket.supervisions)}"}
            done.append((number, Order(C.SUPERVISE, self._who(Role.SUPERVISOR), why)))
        return done

    def _reply(self, ticket: Ticket) -> list[Given]:
        if ticket.state is not State.HANDLING or ticket.pending(RequestKind.UNREASONABLE):
            return []
        (unit, manner), number = self._lead(ticket), ticket.number
        done: list[Given] = [
            (number, Order(C.CO_SUBMIT, Actor(Role.UNIT, one.unit), {"report": "已配合处理"}))
            for one in ticket.helping
            if one.under_way
        ]
        if not ticket.contacted_at and not ticket.confidential:
            done.append((number, Order(C.CONTACT, unit, {"method": "phone"})))
        kind = ClosingKind.SOLVED if manner is not Manner.FALSE or self._chance(0.5) else ClosingKind.EXPLAINED
        text = DONE if manner is Manner.FALSE else self._luck.choice(REPLIES)
        said = {"public_reply": text, "closing_kind": kind.value, "signer": "分管负责人", "internal_note": "已核"}
        done.append((number, Order(C.SUBMIT_REPLY, unit, said)))
        return done

    def _progress(self, ticket: Ticket) -> list[Given]:
        if ticket.state is not State.SUSPENDED:
            return []
        unit, _ = self._lead(ticket)
        if self._chance(0.3):
            return [(ticket.number, Order(C.RESUME, unit))]
        return [(ticket.number, Order(C.PROGRESS, unit, {"text": "改造工程已完成三成。"}))]

    def _disputes(self, event: Mapping[str, Any], at: datetime) -> Plan:
        if self._chance(0.3):
            said = {"signer": "单位负责人", "note": "仍认为不属本单位职责"}
            yield self._later(at, 1, 6), self._by_lead(event["ticket"], C.DISPUTE, said)
        yield self._later(at, 0.2, 3), self._by_lead(event["ticket"], C.SIGN, {})

    def _by_lead(self, number: str, command: C, said: Mapping[str, object]) -> Doing:
        def says(ticket: Ticket) -> list[Given]:
            at_work = ticket.state is State.DISPATCHED or (ticket.state is State.HANDLING and command is not C.SIGN)
            return [(number, Order(command, self._lead(ticket)[0], said))] if at_work else []

        return Doing(number, says)

    # Review, callback and what follows.

    def _review(self, event: Mapping[str, Any], at: datetime) -> Plan:
        yield self._later(at, 0.3, 8), Doing(event["ticket"], self._look)

    def _look(self, ticket: Ticket) -> list[Given]:
        if ticket.state is not State.TO_REVIEW:
            return []
        reviewer, dice = self._who(Role.REVIEWER), self._luck.random()
        if dice < 0.06:
            return [(ticket.number, Order(C.REVIEW_REJECT, reviewer, {"fault": "off_point", "note": "答非所问"}))]
        if dice < 0.08:
            return [(ticket.number, Order(C.CLOSE_WITHOUT_CALLBACK, reviewer, {"waiver": "declined"}))]
        return [(ticket.number, Order(C.REVIEW_PASS, reviewer))]

    def _calls(self, event: Mapping[str, Any], at: datetime) -> Plan:
        """Now and then the hotline calls as well."""
        if self._chance(0.08):
            yield self._later(at, 2, 20), Doing(event["ticket"], self._ring)

    def _ring(self, ticket: Ticket) -> list[Given]:
        if ticket.state is not State.TO_CALLBACK or ticket.satisfaction:
            return []
        officer = self._who(Role.CALLBACK_OFFICER)
        if self._chance(0.5):
            said = {"satisfaction": self.deserved(ticket.number), "comment": "电话回访"}
            return [(ticket.number, Order(C.RATE, officer, said))]
        return [(ticket.number, Order(C.NO_REACH, officer, {"note": "无人接听"}))]

    def _triage(self, event: Mapping[str, Any], at: datetime) -> Plan:
        if event["to_state"] == State.TO_CALLBACK:
            yield self._later(at, 2, 24), Doing(event["ticket"], self._decide)

    def _decide(self, ticket: Ticket) -> list[Given]:
        if ticket.state is not State.TO_CALLBACK or ticket.satisfaction is None:
            return []
        number, dice = ticket.number, self._luck.random()
        if dice < 0.5 and ticket.redo_no < 2:
            return [(number, Order(C.REDO, self._who(Role.REVIEWER), {"cause": "poor_handling"}))]
        if dice < 0.6 and ticket.explanation_count >= 2:
            terms = {"text": "已作明确答复", "legal_check": "法律顾问已审", "no_new_fact": True}
            return [(number, Order(C.PROPOSE_TERMINATE, self._who(Role.REVIEWER), terms))]
        said = {"cause": "policy", "text": "受现行政策限制，已向您解释说明。"}
        return [(number, Order(C.EXPLAIN, self._who(Role.REVIEWER), said))]

    def _after_closing(self, ticket: Ticket) -> list[Given]:
        if ticket.state is not State.CLOSED or not ticket.lead_unit:
            return []
        if self._chance(0.4):
            return [(ticket.number, Order(C.REOPEN, self._who(Role.AGENT), {"note": "市民来电反映又坏了"}))]
        said = {"rule": "R2", "evidence": "政策文件"}
        return [(ticket.number, Order(C.REQUEST_EXCLUSION, self._lead(ticket)[0], said))]

    def _object(self, ticket: Ticket) -> list[Given]:
        return [(ticket.number, Order(C.OBJECT, Actor(Role.CITIZEN), {"note": "有具体地点"}))]

    # Signatures.

    def _signing(
        self, role: Role, yes: C, no_: C, *, no: float, lying: float = 0.05
    ) -> Callable[[Mapping[str, Any], datetime], Plan]:
        """One signature; some lie until the clock sends them up."""

        def follow(event: Mapping[str, Any], at: datetime) -> Plan:
            late = self._chance(lying)
            refuse = self._chance(no)
            order = Order(no_ if refuse else yes, self._who(role), {"note": "说明"} if refuse else {})
            yield self._later(at, 30 if late else 0.2, 60 if late else 3.5), self._signs(event["ticket"], order)

        return follow

    def _signs(self, number: str, order: Order) -> Doing:
        def says(ticket: Ticket) -> list[Given]:
            pending = any(one.decided_at is None for one in ticket.requests)
            return [(number, order)] if pending else []

        return Doing(number, says)

    def _leader_decides(self, event: Mapping[str, Any], at: datetime) -> Plan:
        yield self._later(at, 0.5, 6), Doing(event["ticket"], self._leads)

    def _leads(self, ticket: Ticket) -> list[Given]:
        approvals = {
            RequestKind.RETURN: C.APPROVE_RETURN,
            RequestKind.EXTENSION: C.APPROVE_EXTENSION,
            RequestKind.CO_ORGANISER: C.APPROVE_CO,
            RequestKind.REFUSAL: C.APPROVE_REFUSAL,
            RequestKind.SUSPEND: C.APPROVE_SUSPEND,
        }
        waiting = [one.kind for one in ticket.requests if one.decided_at is None and one.escalated]
        leader = self._who(Role.OFFICE_LEADER)
        return [(ticket.number, Order(approvals[kind], leader)) for kind in waiting if kind in approvals]

    def _two(self, number: str, at: datetime, command: C, first: Role) -> Plan:
        one, other = self._luck.sample(NAMES, 2)
        yield self._later(at, 0.5, 8), self._signs(number, Order(command, Actor(first, one)))
        yield self._later(at, 9, 24), self._signs(number, Order(command, Actor(Role.OFFICE_LEADER, other)))

    def _unreasonable(self, event: Mapping[str, Any], at: datetime) -> Plan:
        yield from self._two(event["ticket"], at, C.APPROVE_UNREASONABLE, Role.REVIEWER)

    def _terminate(self, event: Mapping[str, Any], at: datetime) -> Plan:
        yield from self._two(event["ticket"], at, C.APPROVE_TERMINATE, Role.OFFICE_LEADER)

    def _exclusion(self, event: Mapping[str, Any], at: datetime) -> Plan:
        yield from self._two(event["ticket"], at, C.APPROVE_EXCLUSION, Role.REVIEWER)

    # Supervision.

    def _answers_supervision(self, event: Mapping[str, Any], at: datetime) -> Plan:
        if number := event["data"].get("number"):
            said = {"number": number, "text": "已整改到位"}
            yield self._later(at, 4, 20), self._by_lead(event["ticket"], C.ANSWER_SUPERVISION, said)

    def _passes_supervision(self, event: Mapping[str, Any], at: datetime) -> Plan:
        said = {"number": event["data"]["number"]}
        order = Order(C.PASS_SUPERVISION, self._who(Role.SUPERVISOR), said)
        yield self._later(at, 1, 8), Doing(event["ticket"], lambda ticket: [(ticket.number, order)])
