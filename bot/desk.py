"""The desk: what the dialog, officers, units and jobs do to tickets, surveys and conversations, each in one place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from bot.answering import ANSWERING, Case
from bot.orders.surveys import survey_id
from bot.orders.ticketing import Ticketing
from bot.store.tables import alarm, citizen_request, handover, supplement, survey, ticket
from bot.store.wording import storable
from dialog import acts
from dialog.acts import Act
from dialog.view import Asks, Owner
from tickets.orders import Command, NotAllowed, Order
from tickets.papers.supervision import Ground, Level
from tickets.ticket import Actor, Role

CITIZEN = Actor(Role.CITIZEN)
SYSTEM = Actor(Role.SYSTEM)
_ORDERS = (
    acts.Supplement,
    acts.Urge,
    acts.Withdraw,
    acts.Restore,
    acts.Object,
    acts.Rate,
    acts.ChangeRating,
    acts.Repeat,
    acts.Reopen,
    acts.StandAlone,
)


class Desk:
    """Applies what a turn decided. Plain functions over a :class:`Changes`: nothing here waits for anything."""

    def __init__(self, ticketing: Ticketing) -> None:
        self.ticketing = ticketing
        self._how: Mapping[type, Callable[[Case, Any], None]] = {
            acts.OpenTicket: self._open,
            acts.Supplement: self._supplement,
            acts.Repeat: self._repeat,
            acts.Reopen: self._reopen,
            acts.StandAlone: self._stand_alone,
            acts.Urge: self._urge,
            acts.Withdraw: self._withdraw,
            acts.Restore: self._restore,
            acts.Object: self._object,
            acts.Rate: self._rate,
            acts.ChangeRating: self._change_rating,
            acts.HandOver: self._hand_over,
            acts.TakeBack: self._take_back,
            acts.RaiseAlarm: self._raise_alarm,
            acts.Consent: self._consent,
            **{act: partial(answering, ticketing) for act, answering in ANSWERING.items()},
            acts.AskForData: self._ask_for_data,
        }

    @staticmethod
    def touches(decided: Iterable[Act]) -> set[str]:
        """Numbers of the tickets these acts will change: they must be locked first."""
        decided = list(decided)
        parents = {act.parent for act in decided if isinstance(act, acts.StandAlone)}
        return parents | {act.number for act in decided if isinstance(act, (*_ORDERS, acts.ClaimTicket))}

    def apply(self, case: Case, act: Act) -> None:
        """One act of a turn. Raises NotAllowed when the life cycle refuses it."""
        self._how[type(act)](case, act)

    def _order(self, case: Case, number: str, command: Command, actor: Actor = CITIZEN, /, **data: object) -> None:
        # The notices due are dropped on purpose: the citizen is being answered at this very moment.
        self.ticketing.order(case.changes, case.overlay, number, Order(command, actor, data), now=case.now)

    def _open(self, case: Case, act: acts.OpenTicket) -> None:
        row = {
            "conversation_id": case.conversation.id,
            "citizen": case.conversation.citizen,
            "query_code": act.number.query_code,
        }
        self.ticketing.open(case.changes, act.draft, number=act.number.number, row=row, now=case.now)

    def _supplement(self, case: Case, act: acts.Supplement) -> None:
        where = {"district": act.district} if act.district else {}
        self._order(case, act.number, Command.SUPPLEMENT, text=act.text, attachments=act.attachments, **where)
        _supplemented(case, act)
        _placed(case, act)

    def _repeat(self, case: Case, act: acts.Repeat) -> None:
        self._order(case, act.number, Command.REPEAT, text=act.text, attachments=act.attachments)
        _supplemented(case, act)

    def _reopen(self, case: Case, act: acts.Reopen) -> None:
        self._order(case, act.number, Command.REOPEN, repeat=True, note=act.text, attachments=act.attachments)
        _supplemented(case, act)

    def _stand_alone(self, case: Case, act: acts.StandAlone) -> None:
        self.ticketing.part(case.changes, case.overlay, act.number, act.parent, by=CITIZEN, now=case.now)

    def _urge(self, case: Case, act: acts.Urge) -> None:
        self._order(case, act.number, Command.URGE)
        if act.supervision:
            given = {"level": Level.L3, "ground": Ground.URGED, "number": act.supervision}
            self._order(case, act.number, Command.SUPERVISE, SYSTEM, **given)

    def _withdraw(self, case: Case, act: acts.Withdraw) -> None:
        self._order(case, act.number, Command.WITHDRAW, reason=act.reason)

    def _restore(self, case: Case, act: acts.Restore) -> None:
        self._order(case, act.number, Command.RESTORE)

    def _object(self, case: Case, act: acts.Object) -> None:
        self._order(case, act.number, Command.OBJECT, note=act.text)

    def _rate(self, case: Case, act: acts.Rate) -> None:
        """An answer changes the survey; a complete one is an order to the ticket."""
        row = case.overlay[act.number]
        answered = {
            "solved": act.solved.value if act.solved else None,
            "satisfaction": act.satisfaction.value if act.satisfaction else None,
            "comment": storable(act.comment) if act.comment else None,
            "reasons": [reason.value for reason in act.reasons] or None,
        }
        columns: dict[str, Any] = {name: value for name, value in answered.items() if value is not None}
        if act.asks_next is not None:
            columns["asks"] = act.asks_next.value
        else:
            columns |= {"state": "answered", "answered_at": case.now}
        case.changes.update(survey, "id", survey_id(row), **columns)
        if act.satisfaction is None or act.asks_next in (Asks.SOLVED, Asks.RATING):
            return
        # "不满意" counts at once: were the citizen to fall silent when asked why, it must not end as "not reached".
        said: dict[str, Any] = {"solved": act.solved, "satisfaction": act.satisfaction, "reasons": act.reasons}
        try:
            self._order(case, act.number, Command.RATE, CITIZEN, **said, comment=storable(act.comment) or None)
        except NotAllowed:
            # Another way was faster (a call, a letter's link, a reviewer): his words stay where he wrote them.
            case.changes.update(survey, "id", survey_id(row), state="lapsed")

    def _change_rating(self, case: Case, act: acts.ChangeRating) -> None:
        self._order(
            case,
            act.number,
            Command.RATE,
            satisfaction=act.satisfaction,
            reasons=act.reasons,
            comment=storable(act.comment) or None,
        )

    def _hand_over(self, case: Case, act: acts.HandOver) -> None:
        if case.conversation.owner not in (Owner.BOT, Owner.EXPERT):
            return
        case.conversation.owner = Owner.AGENT if act.desk else Owner.QUEUE
        case.conversation.agent = act.desk
        case.conversation.owner_since = case.now
        # For us a talk at the provider's desk is over once it is given there: we do not hear it.
        there = {"taken_at": case.now, "agent": act.desk, "ended_at": case.now} if act.desk else {}
        case.changes.insert(
            handover,
            conversation_id=case.conversation.id,
            reason=act.reason,
            summary=storable(act.summary),
            at=case.now,
            **there,
        )

    def _take_back(self, case: Case, _act: acts.TakeBack) -> None:
        case.conversation.owner = Owner.BOT
        case.conversation.agent = ""
        case.conversation.owner_since = None

    def _raise_alarm(self, case: Case, act: acts.RaiseAlarm) -> None:
        case.changes.insert(
            alarm,
            level=act.level,
            kind=act.kind,
            conversation_id=case.conversation.id,
            message_id=case.message_id,
            raised_at=case.now,
        )

    def _consent(self, case: Case, act: acts.Consent) -> None:
        case.conversation.opted_out_at = None if act.notices else case.now

    def _ask_for_data(self, case: Case, act: acts.AskForData) -> None:
        case.changes.keep(
            citizen_request,
            kind=act.kind,
            citizen=case.conversation.citizen,
            asked_by="",
            asked_at=case.now,
            reason="",
        )


def _supplemented(case: Case, act: acts.Supplement | acts.Repeat | acts.Reopen) -> None:
    case.changes.insert(
        supplement, ticket=act.number, at=case.now, text=storable(act.text), attachments=list(act.attachments)
    )


def _placed(case: Case, act: acts.Supplement) -> None:
    """A ticket that did not know where it is learns it; one that knows keeps its place."""
    row, point = case.overlay[act.number], act.where
    if row["place"] or not act.place:
        return
    learned = {
        "place": storable(act.place),
        "missing": [one for one in row["missing"] if one != "where"],
        "latitude": point.latitude if point else row["latitude"],
        "longitude": point.longitude if point else row["longitude"],
    }
    case.changes.update(ticket, "number", act.number, **learned)
    case.overlay.put(row | learned)
