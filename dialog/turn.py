"""What one turn of a conversation is given, and what it decides: plain values in, plain values out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from channels.message import Say
from dialog.memory import Memory
from tickets.appeal import AppealType, Draft, Reason, Satisfaction, Solved, Urgency
from tickets.assessment.repeats import Appealed
from tickets.duration import Duration
from tickets.ticket import Role, State


class Owner(StrEnum):
    """Who holds the conversation: one at a time."""

    BOT = "bot"
    QUEUE = "queue"
    AGENT = "agent"
    EXPERT = "expert"
    """A unit's expert is invited; until one comes nobody speaks."""


@dataclass(frozen=True, slots=True)
class FreshNumber:
    """A ticket number and query code no one has yet; used only if the turn opens a ticket with it."""

    number: str
    query_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketView:
    """What the citizen may know of one of his own tickets."""

    number: str
    type: AppealType
    urgency: Urgency
    state: State
    title: str = field(repr=False)
    category: str
    received_at: datetime
    unit: str = ""
    """The lead unit's name as citizens know it, "" before dispatch."""
    due_at: datetime | None = None
    signed_at: datetime | None = None
    contacted_at: datetime | None = None
    contact_by: datetime | None = None
    public_reply: str = field(default="", repr=False)
    replied_at: datetime | None = None
    urge_count: int = 0
    urged_at: datetime | None = None
    supplement_count: int = 0
    redo_no: int = 0
    objection_count: int = 0
    safety: bool = False
    closed_at: datetime | None = None
    satisfaction: Satisfaction | None = None
    supervision: str = ""
    """The number (督办编号) of the written supervision it is under, "" for none."""
    rating_changed: bool = False
    """He changed it once already."""
    parent: str = ""
    """The number of another citizen's ticket on the same matter that it follows, or goes beside."""
    follows: State | None = None
    """Where that ticket stands, of one that merged into it: unit, reply and dates above are that ticket's then."""
    appealed: Appealed | None = field(default=None, repr=False)
    """What of it tells its matter, None where nobody may ask."""

    @property
    def stands(self) -> State:
        """Where the matter stands for the citizen."""
        return self.follows or self.state

    @property
    def handled_as(self) -> str:
        """The number of the ticket a unit handles for it."""
        return self.parent if self.follows else self.number


class Asks(StrEnum):
    """Which question of the satisfaction callback (回访) is open."""

    SOLVED = "solved"
    RATING = "rating"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class SurveyView:
    """The survey open for this citizen, the oldest first where there are several."""

    number: str
    asks: Asks
    solved: Solved | None = None
    satisfaction: Satisfaction | None = None


@dataclass(frozen=True, slots=True)
class SeenView:
    """One look at the citizen's data, as he may know of it: never by whose name."""

    at: datetime
    role: Role
    unit: str
    """The unit's name as citizens know it, "" for the hotline itself."""
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the turn may look at beside its memory, loaded under the conversation's lock before it runs."""

    fresh: FreshNumber
    owner: Owner = Owner.BOT
    tickets: tuple[TicketView, ...] = ()
    """This citizen's own, newest first: all open ones, and those closed in the last 30 days."""
    earlier: tuple[TicketView, ...] = ()
    """His older ones that a new appeal may repeat, newest first."""
    survey: SurveyView | None = None
    seen: tuple[SeenView, ...] = ()
    """Who saw his data, the latest first; loaded only for who asks."""
    buttons: bool = False
    """The channel shows choices as buttons; else texts must spell them out."""
    brief: bool = False
    """The channel bills by segment (SMS): use the short phrases."""
    media: bool = False
    """The channel can carry photos."""
    about: str = ""
    """Number of the ticket that the message of ours spoke of which this one answers, "" where it answers none."""
    phone_tail: str = ""
    """Last four digits of the citizen's verified phone, "" when none is known."""
    agents: int = 0
    """Agents on duty now."""
    waiting: int = 0
    """Conversations ahead of this one in the queue."""
    supervision: str = ""
    """A supervision number no one has yet, used only if the turn brings a ticket under supervision; "" for none at hand."""
    experts: frozenset[str] = frozenset()
    """Units of whom an expert is at his desk now."""


# Acts: what a turn decided. The hub applies them in the same transaction, in order.


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """Open a ticket under ``number`` (the view's fresh one)."""

    number: FreshNumber
    draft: Draft


@dataclass(frozen=True, slots=True)
class Supplement:
    """补充: more on an open ticket."""

    number: str
    text: str = field(repr=False)
    attachments: tuple[str, ...] = field(default=(), repr=False)


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
    """转人工: put the conversation into the agents' queue. ``summary`` is for the agent, in Chinese."""

    reason: str
    summary: str = field(default="", repr=False)


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
)


@dataclass(frozen=True, slots=True)
class Turn:
    """What a turn decided: the new memory, at most one thing to say, and the acts."""

    memory: Memory
    say: Say | None = None
    acts: tuple[Act, ...] = ()
