"""A citizen's appeal (诉求): its type, its urgency, and the draft that becomes a ticket (工单)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class AppealType(StrEnum):
    """诉求类型, axis A of domain.md §4.1: it drives limits and callback."""

    CONSULT = "consult"
    HELP = "help"
    SUGGEST = "suggest"
    COMPLAINT = "complaint"
    REPORT = "report"
    PRAISE = "praise"


class Urgency(StrEnum):
    """紧急程度: 一般, 紧急 (hard to repair if not handled at once), 特急 (... with grave consequences)."""

    NORMAL = "normal"
    URGENT = "urgent"
    CRITICAL = "critical"


class Solved(StrEnum):
    """The citizen's word on the matter itself (解决 / 部分解决 / 未解决)."""

    SOLVED = "solved"
    PARTLY = "partly"
    UNSOLVED = "unsolved"


class Satisfaction(StrEnum):
    """满意度. ``UNREACHABLE`` is kept apart: silence is never satisfied."""

    VERY = "very"
    SATISFIED = "satisfied"
    BASIC = "basic"
    DISSATISFIED = "dissatisfied"
    UNREACHABLE = "unreachable"


class Reason(StrEnum):
    """Why a citizen is dissatisfied (domain.md §8.4 S8), in the order they are offered."""

    NOT_CONTACTED = "not_contacted"
    NOT_SOLVED = "not_solved"
    NOT_TRUE = "not_true"
    ATTITUDE = "attitude"
    POLICY = "policy"
    OTHER = "other"


class Cause(StrEnum):
    """What triage finds behind a dissatisfied rating (T38, a-f)."""

    POOR_HANDLING = "poor_handling"
    POLICY = "policy"
    NOT_YET = "not_yet"
    UNREASONABLE = "unreasonable"
    ATTITUDE = "attitude"
    FALSE_CLOSING = "false_closing"


class ClosingKind(StrEnum):
    """办结类型."""

    SOLVED = "solved"
    PARTLY = "partly"
    UNSOLVED = "unsolved"
    EXPLAINED = "explained"
    UNREASONABLE = "unreasonable"
    OUT_OF_DUTY = "out_of_duty"
    WITHDRAWN = "withdrawn"
    TERMINATED = "terminated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An appeal ready to become a ticket. Texts are the citizen's own words, shortened never."""

    type: AppealType
    category: str
    """Four digits, domain.md §4.1 axis B ("0106" 餐饮油烟); "1699" when nothing fits."""
    title: str = field(repr=False)
    content: str = field(repr=False)
    urgency: Urgency = Urgency.NORMAL
    emotion: int = 0
    """群众情绪 0-4."""
    district: str = ""
    """A district code of the city's directory, "" when unknown."""
    place: str = field(default="", repr=False)
    latitude: float | None = field(default=None, repr=False)
    longitude: float | None = field(default=None, repr=False)
    occurred: str = field(default="", repr=False)
    respondent: str = field(default="", repr=False)
    wanted: str = field(default="", repr=False)
    confidential: bool = False
    attachments: tuple[str, ...] = field(default=(), repr=False)
    """Attachment refs, as in the inbound messages that carried them."""
    missing: tuple[str, ...] = ()
    """Names of the elements (五要素) the citizen did not give: the ticket is marked 要素不全."""
    alarm: str = ""
    """The emergency level ("E0".."E2") that opened it, "" otherwise."""
    repeat_of: str = ""
    """The number of an earlier ticket of the same citizen on the same matter, which is over."""
    new_fact: bool = False
    """It brings a new fact on a matter that was terminated (终结): a person looks before anything else happens."""
    unlike: tuple[str, ...] = ()
    """Earlier tickets the citizen said it is not a repeat of: the pair is not proposed again."""
