"""The life of a knowledge entry as one table: who may do what to a version, and where that leads.

Every text is a version; what was published is never changed, only replaced by the next one. Who wrote a version does
not review it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from dialog.knowledge.entry import LINE, Entry, EntryState


class Deed(StrEnum):
    """What can be done to a version."""

    SUBMIT = "submit"
    RETURN = "return"
    APPROVE = "approve"
    CONFIRM = "confirm"
    """核验无误: somebody compared it with its source again."""
    HOLD = "hold"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    REPLACE = "replace"


class Hand(StrEnum):
    """In which part somebody acts: 采编, 审核, or the hub by its rules."""

    EDITOR = "editor"
    REVIEWER = "reviewer"
    RULES = "rules"


@dataclass(frozen=True, slots=True)
class Version:
    """One text of an entry; ``entry.state`` is where it stands. ``note`` is why it was returned, held or withdrawn."""

    entry: Entry
    n: int
    editor: str
    reviewer: str = ""
    note: str = field(default="", repr=False)


class NotPossible(Exception):
    """Nothing changed. ``reason`` is a code: "state", "hand", "same_person", "no_owner", "no_note", "over", "not_over"."""

    def __init__(self, deed: Deed, state: EntryState, reason: str) -> None:
        super().__init__(f"{deed} is not possible in {state}: {reason}")
        self.deed, self.state, self.reason = deed, state, reason


@dataclass(frozen=True, slots=True)
class _Try:
    version: Version
    by: str
    note: str
    today: date


Guard = Callable[[_Try], str]


def _another_person(one: _Try) -> str:
    return "same_person" if one.by == one.version.editor else ""


def _has_an_owner(one: _Try) -> str:
    return "" if one.version.entry.owner_unit else "no_owner"


def _says_why(one: _Try) -> str:
    return "" if one.note.strip() else "no_note"


def _not_over(one: _Try) -> str:
    expires = one.version.entry.expires
    return "over" if expires is not None and expires < one.today else ""


def _is_over(one: _Try) -> str:
    return "" if _not_over(one) else "not_over"


@dataclass(frozen=True, slots=True)
class Row:
    """One deed: in which states, by whose hand, leading where, refused by which guards."""

    deed: Deed
    of: frozenset[EntryState]
    by: frozenset[Hand]
    to: EntryState
    guards: tuple[Guard, ...] = ()


S = EntryState
OPEN = frozenset({S.DRAFT, S.REVIEW})
"""A version still being written."""
LIVE = frozenset({S.PUBLISHED, S.HELD})
"""The version that is, or was until something came up, said to citizens."""
_PERSONS = frozenset({Hand.EDITOR, Hand.REVIEWER})
TABLE: tuple[Row, ...] = (
    Row(Deed.SUBMIT, frozenset({S.DRAFT}), frozenset({Hand.EDITOR}), S.REVIEW, (_has_an_owner, _not_over)),
    Row(Deed.RETURN, frozenset({S.REVIEW}), frozenset({Hand.REVIEWER}), S.DRAFT, (_says_why,)),
    Row(Deed.APPROVE, frozenset({S.REVIEW}), frozenset({Hand.REVIEWER}), S.PUBLISHED, (_another_person, _not_over)),
    Row(Deed.CONFIRM, LIVE, frozenset({Hand.REVIEWER}), S.PUBLISHED, (_not_over,)),
    Row(Deed.HOLD, frozenset({S.PUBLISHED}), frozenset({Hand.REVIEWER, Hand.RULES}), S.HELD, (_says_why,)),
    Row(Deed.WITHDRAW, OPEN | LIVE, _PERSONS, S.WITHDRAWN, (_says_why,)),
    Row(Deed.EXPIRE, LIVE, frozenset({Hand.RULES}), S.EXPIRED, (_is_over,)),
    Row(Deed.REPLACE, OPEN | LIVE, frozenset({Hand.RULES}), S.REPLACED),
)
_BY_DEED = {row.deed: row for row in TABLE}


def advance(version: Version, deed: Deed, *, hand: Hand, by: str, today: date, note: str = "") -> Version:
    """The version after ``deed`` of the officer ``by``. Raises NotPossible; nothing changed."""
    row, state = _BY_DEED[deed], version.entry.state
    if state not in row.of:
        raise NotPossible(deed, state, "state")
    if hand not in row.by:
        raise NotPossible(deed, state, "hand")
    attempt = _Try(version, by, note, today)
    for guard in row.guards:
        if reason := guard(attempt):
            raise NotPossible(deed, state, reason)
    checked = today if deed in {Deed.APPROVE, Deed.CONFIRM} else version.entry.checked
    reviewer = by if hand is Hand.REVIEWER else version.reviewer
    entry = replace(version.entry, state=row.to, checked=checked)
    return replace(version, entry=entry, note=note or version.note, reviewer=reviewer)


def possible(state: EntryState, *hands: Hand) -> tuple[Deed, ...]:
    """What these hands may do in ``state``, guards apart."""
    return tuple(row.deed for row in TABLE if state in row.of and row.by & set(hands))


def meet(one: Entry, other: Entry) -> bool:
    """Of two that answer the same question: could a citizen get either, on some day and in some area? A unit's current
    line is meant to differ from what it overrules."""
    return (
        one.id != other.id
        and one.area == other.area
        and one.secrecy is other.secrecy
        and (one.nature == LINE) == (other.nature == LINE)
        and one.overlaps(other)
    )
