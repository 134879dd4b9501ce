"""What a turn may look at beside its memory: the citizen's tickets, his open survey, who holds the conversation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from dialog.proofs import Verdict
from tickets.appeal import AppealType, Satisfaction, Solved, Urgency
from tickets.assessment.repeats import Appealed
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
    """What this citizen was promised."""
    unit_due_at: datetime | None = None
    """When the ticket a unit handles for it is due: another day than his where it follows, None where nobody asks."""
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
    """The number (督办编号) of the written supervision the ticket handled for it is under, "" for none."""
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


@dataclass(frozen=True, slots=True)
class PosterView:
    """A poster of ours whose code was scanned: its ``district`` (a code, "" for the whole city)."""

    scene: str
    district: str = ""


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
    proof: Verdict | None = None
    """What the hub found about the code or number this message offers, None where it offers none."""
    linked: bool = False
    """A phone was proved here, or a ticket claimed."""
    elsewhere: bool | None = None
    """Whether we may also write to his other channels, None where he was never asked."""
    texts: bool = False
    """There is an account that can send a code by SMS."""
    phone_is_address: bool = False
    """His address on this channel is a phone number (SMS)."""
    poster: PosterView | None = None
    """The poster whose code brought this message."""
    permit_page: str = ""
    """Where the citizen may allow notices that need his leave, "" where nothing needs it or he gave it."""
    desk: str = ""
    """The provider's own desk, where it serves those who ask for a person; "" where our agents do."""
    away: bool = False
    """The citizen is with that desk."""
    agents: int = 0
    """Agents on duty now."""
    waiting: int = 0
    """Conversations ahead of this one in the queue."""
    supervision: str = ""
    """A supervision number no one has yet, used only if the turn brings a ticket under supervision; "" for none at hand."""
    experts: frozenset[str] = frozenset()
    """Units of whom an expert is at his desk now."""
