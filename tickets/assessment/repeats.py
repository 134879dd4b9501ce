"""Whether two appeals are the same matter (重复诉求, 串案): a judgement with its evidence; joining is for people to decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from tickets.appeal import AppealType, Urgency
from tickets.assessment.rule import Repeats
from tickets.assessment.spots import Near, Spot, near
from tickets.assessment.wordings import (
    alike,
    happened_again,
    other_dates,
    other_wishes,
    something_new,
    told_before,
)
from tickets.state import OPEN, State

_WORDS_ONLY = {AppealType.SUGGEST, AppealType.CONSULT}
"""Types that need no place to be the same matter."""
_MISCELLANEOUS = "99"
"""A category of this ending says nothing of the matter."""


class Kind(StrEnum):
    """What an appeal is to an earlier one on the same matter (domain.md §4.5)."""

    REPEAT_OPEN = "repeat_open"
    REPEAT_AFTER_CLOSE = "repeat_after_close"
    REPEAT_TERMINATED = "repeat_terminated"
    SAME_MATTER = "same_matter"
    """Another citizen's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appealed:
    """What of an appeal tells its matter. ``at`` is when it came, ``ended`` when it was over."""

    type: AppealType
    category: str
    at: datetime
    text: str = field(repr=False)
    spot: Spot = field(default_factory=Spot)
    urgency: Urgency = Urgency.NORMAL
    safety: bool = False
    state: State = State.RECEIVED
    ended: datetime | None = None

    @property
    def may_join(self) -> bool:
        """Reports and emergencies are never merged with anything."""
        return not (self.type is AppealType.REPORT or self.safety or self.urgency is Urgency.CRITICAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How alike two appeals are, the same whichever is asked first; shares in percent."""

    category: int
    """100 the same, 50 related by the policy's table, 0 another."""
    near: Near
    metres: int | None
    text: int
    days: int
    """Between them."""
    score: int

    def evidence(self) -> dict[str, object]:
        """For the officer, ready for JSON."""
        return {name: value for name, value in asdict(self).items() if value is not None} | {"near": self.near.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An earlier appeal that is the same matter, and what speaks for it."""

    kind: Kind
    likeness: Likeness
    told_before: bool = False


def likeness(one: Appealed, other: Appealed, rule: Repeats) -> Likeness:
    """How alike two appeals are."""
    category = 100 if one.category == other.category else 50 if _kindred(one, other, rule) else 0
    where, apart = near(one.spot, other.spot, within=rule.near)
    text = alike(one.text, other.text)
    shown = {Near.POINT: 100, Near.KEY: 100, Near.UNKNOWN: 50, Near.OTHER: 0}[where]
    weigh = rule.weights
    # A text that shares half its pairs of characters is as good as the same.
    score = (weigh.category * category + weigh.place * shown + weigh.text * min(100, 2 * text)) // 100
    return Likeness(
        category=category, near=where, metres=apart, text=text, days=abs((one.at - other.at).days), score=score
    )


def repeats(new: Appealed, old: Appealed, rule: Repeats) -> Finding | None:
    """Whether the same citizen's ``new`` appeal is his ``old`` one again. Nothing follows from it but a question."""
    kind = _KINDS.get(old.state) or (Kind.REPEAT_OPEN if old.state in OPEN else None)
    if kind is None or not _comparable(new, old, rule) or barred(new, old):
        return None
    found, before = likeness(new, old, rule), told_before(new.text)
    if found.near is Near.OTHER:
        return None
    least = rule.own
    if found.near is Near.UNKNOWN and not {new.type, old.type} & _WORDS_ONLY:
        least = rule.own if before else rule.alone
    if new.category.endswith(_MISCELLANEOUS) or {new.type, old.type} & _WORDS_ONLY:
        least = max(least, rule.alone)
    return Finding(kind=kind, likeness=found, told_before=before) if found.text >= least else None


def same_matter(new: Appealed, old: Appealed, rule: Repeats) -> Finding | None:
    """Whether another citizen's ``old`` open appeal is the same matter: the place must be, not the district only."""
    if old.state not in OPEN or not _comparable(new, old, rule) or barred(new, old) or happened_again(new.text):
        return None
    found = likeness(new, old, rule)
    if found.near not in (Near.POINT, Near.KEY):
        return None
    least = rule.alone if new.category.endswith(_MISCELLANEOUS) else rule.others
    return Finding(kind=Kind.SAME_MATTER, likeness=found) if found.text >= least else None


def latest_repeated(new: Appealed, earlier: Mapping[str, Appealed], rule: Repeats) -> tuple[str, Finding] | None:
    """Of a citizen's own earlier appeals (by number) the one ``new`` repeats: an open one before others, then the most
    alike, then the latest."""
    found = ((number, old, repeats(new, old, rule)) for number, old in earlier.items())
    judged = [(number, old, one) for number, old, one in found if one is not None]
    if not judged:
        return None
    number, _, best = max(judged, key=lambda one: (one[2].kind is Kind.REPEAT_OPEN, one[2].likeness.score, one[1].at))
    return number, best


def barred(new: Appealed, old: Appealed) -> str:
    """Why the two are never joined whatever else they share: a report, an emergency, a new fact, another day, another
    wish. "" where nothing bars it."""
    if not (new.may_join and old.may_join):
        return "report" if AppealType.REPORT in (new.type, old.type) else "safety"
    if AppealType.PRAISE in (new.type, old.type):
        return "praise"
    if something_new(new.text):
        return "new_fact"
    if other_dates(new.text, old.text):
        return "other_date"
    return "other_wish" if other_wishes(new.text, old.text) else ""


def _kindred(one: Appealed, other: Appealed, rule: Repeats) -> bool:
    return other.category in kin(one.category, rule.related)


def kin(category: str, related: Iterable[tuple[str, ...]]) -> frozenset[str]:
    """``category`` and those the policy calls related to it."""
    return frozenset((category, *(code for group in related if category in group for code in group)))


def _comparable(new: Appealed, old: Appealed, rule: Repeats) -> bool:
    """Whether a closer look is worth its time."""
    return _kindred(new, old, rule) and _in_time(new, old, rule)


def _in_time(new: Appealed, old: Appealed, rule: Repeats) -> bool:
    since = abs(new.at - (old.ended or old.at))
    if old.state is State.TERMINATED:
        return since <= rule.terminated.roughly
    return since <= _window(new, old, rule)


def _window(new: Appealed, old: Appealed, rule: Repeats) -> timedelta:
    both = {new.type, old.type} == {AppealType.CONSULT}
    return (rule.consult_window if both else rule.window).roughly


_KINDS: Mapping[State, Kind] = {
    State.CLOSED: Kind.REPEAT_AFTER_CLOSE,
    State.TERMINATED: Kind.REPEAT_TERMINATED,
}
