"""Acts: what a turn decided. The hub applies them in the same transaction, in their order."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from channels.message import Location
from dialog.view import Asks, FreshNumber
from tickets.appeal import Draft, Reason, Satisfaction, Solved
from tickets.limits.duration import Duration


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """Open a ticket under ``number`` (the view's fresh one)."""

    number: FreshNumber
    draft: Draft


@dataclass(frozen=True, slots=True)
class Supplement:
    """补充: more on an open ticket. Where it says where, a ticket that does not know yet learns it."""

    number: str
    text: str = field(repr=False)
    attachments: tuple[str, ...] = field(default=(), repr=False)
    district: str = ""
    place: str = field(default="", repr=False)
    where: Location | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Repeat:
    """重复诉求 on an open ticket: joins it as supplement and urge."""

    number: str
    text: str = field(repr=False)
    attachments: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Reopen:
    """重复诉求 on a closed ticket whose matter was never put right: the unit that had it does it again."""

    number: str
    text: str = field(repr=False)
    attachments: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class StandAlone:
    """「我的不一样」: the ticket follows, or goes beside, ``parent`` no longer."""

    number: str
    parent: str


@dataclass(frozen=True, slots=True)
class Urge:
    """催办; with ``supervision`` (the view's fresh number) the ticket also comes under written supervision."""

    number: str
    supervision: str = ""


@dataclass(frozen=True, slots=True)
class Withdraw:
    """撤单, with the citizen's reason ("solved" or "other")."""

    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class Restore:
    """恢复: take a withdrawal back within its window."""

    number: str


@dataclass(frozen=True, slots=True)
class Object:
    """异议: the citizen objects to a refusal, in his own words."""

    number: str
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Rate:
    """An answer to the open survey. Fields come one by one or together; a rating is complete when ``satisfaction`` is
    given, and for DISSATISFIED when ``reasons`` or ``comment`` is."""

    number: str
    solved: Solved | None = None
    satisfaction: Satisfaction | None = None
    reasons: tuple[Reason, ...] = ()
    comment: str = field(default="", repr=False)
    asks_next: Asks | None = None
    """The question this turn's words ask next, None when the survey is done."""


@dataclass(frozen=True, slots=True)
class ChangeRating:
    """The citizen changes his rating: kept beside the first, never instead of it."""

    number: str
    satisfaction: Satisfaction
    reasons: tuple[Reason, ...] = ()
    comment: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class HandOver:
    """转人工: put the conversation into the agents' queue, or give it to the provider's own ``desk``. ``summary`` is for
    the agent, in Chinese."""

    reason: str
    summary: str = field(default="", repr=False)
    desk: str = ""


@dataclass(frozen=True, slots=True)
class TakeBack:
    """The citizen, still in the queue, wants the bot again."""


@dataclass(frozen=True, slots=True)
class RaiseAlarm:
    """紧急: a person on duty must see this within seconds. ``level`` "E0".."E2", ``kind`` the rule ("gas", "suicide")."""

    level: str
    kind: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A consultation was answered from the knowledge base."""

    entry: str


@dataclass(frozen=True, slots=True)
class Helped:
    """The citizen said whether the answer solved his question."""

    entry: str
    solved: Solved


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The knowledge base had nothing, or ``entry`` did not help: a gap for its editors. ``ref`` names the message that
    asked."""

    question: str = field(repr=False)
    ref: str = ""
    entry: str = ""


@dataclass(frozen=True, slots=True)
class WantsTold:
    """The citizen wants to be told once there is an answer to what the message ``ref`` asked."""

    ref: str


class Wrong(StrEnum):
    """How an answer is wrong: never right (答案不对), or no longer (过期了)."""

    WRONG = "wrong"
    OUTDATED = "outdated"


@dataclass(frozen=True, slots=True)
class Disputed:
    """The citizen says that an answer is not right."""

    entry: str
    how: Wrong
    words: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class InviteExpert:
    """三方通话: ask an expert of ``unit`` into this conversation."""

    unit: str
    question: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PromiseCall:
    """漏接回拨: nobody could serve him; a person calls back ``within`` this time. ``ref`` names the promise."""

    ref: str
    within: Duration
    summary: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ReleaseCall:
    """The citizen does not want the call that was promised."""

    ref: str


@dataclass(frozen=True, slots=True)
class Consent:
    """The citizen refuses (退订) or takes again (订阅) notices on this address."""

    notices: bool


@dataclass(frozen=True, slots=True)
class AskForData:
    """The citizen wants a copy of his own data ("export") or none kept ("erase"): a task for officers."""

    kind: str


@dataclass(frozen=True, slots=True)
class SendCode:
    """A code by SMS: to ``phone``, which he types to prove it his (绑定手机), or to the one ``ticket`` knows. ``ref``
    names the message that asked."""

    ref: str
    phone: str = field(default="", repr=False)
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class ProvePhone:
    """He typed back the code: this conversation is that phone's citizen's from now on."""


@dataclass(frozen=True, slots=True)
class HoldClaim:
    """He typed the claim code (认领码) of ``number``: nobody else can use it any more."""

    number: str


@dataclass(frozen=True, slots=True)
class ClaimTicket:
    """认领: the ticket is his to follow here, and its news come here."""

    number: str


@dataclass(frozen=True, slots=True)
class Unlink:
    """解除绑定: what was joined here is parted; where the address itself is a phone, whatever else was bound to it."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Whether we may also write to him on the other channels he proved to be on."""

    allowed: bool


Act = (
    OpenTicket
    | Supplement
    | Repeat
    | Reopen
    | StandAlone
    | Urge
    | Withdraw
    | Restore
    | Object
    | Rate
    | ChangeRating
    | HandOver
    | TakeBack
    | RaiseAlarm
    | Answered
    | Helped
    | Unanswered
    | WantsTold
    | Disputed
    | InviteExpert
    | PromiseCall
    | ReleaseCall
    | Consent
    | AskForData
    | SendCode
    | ProvePhone
    | HoldClaim
    | ClaimTicket
    | Unlink
    | Elsewhere
)
