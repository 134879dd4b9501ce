"""Revealing (查看个人信息): for what an officer may ask to see who a citizen is, and how long he then sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tickets.privacy.access import FieldClass, Look, Officer, Sight, may_ask, needs_second
from tickets.state import Role


class Purpose(StrEnum):
    """Why; the citizen is told it in these words (dialog/phrases)."""

    CALL = "call"
    """Call him, where no message reaches him."""
    VERIFY = "verify"
    """Check what he told."""
    LAW = "law"
    """A law asks for the identity."""
    CALLBACK = "callback"
    LIFE = "life"
    """Life is in danger (break-glass): seen at once, and reviewed afterwards."""


_HELPERS = frozenset({Role.AGENT, Role.SUPERVISOR, Role.OFFICE_LEADER})
"""Who may break the glass."""
_SECONDS = frozenset({Role.SUPERVISOR, Role.OFFICE_LEADER})
"""Who may agree as the second person."""
REVIEWERS = frozenset({Role.AUDITOR})
_SPEAKS_AS = (
    Role.DISCIPLINE,
    Role.AGENT,
    Role.CALLBACK_OFFICER,
    Role.UNIT,
    Role.SUPERVISOR,
    Role.OFFICE_LEADER,
)


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a reveal may be had."""

    role: Role
    """In which of his roles; the citizen is told it."""
    second: bool
    """Another person must agree first."""
    review: bool
    """Somebody looks afterwards whether it had to be."""


class Denied(Exception):
    """No reveal. ``reason``: "rights", "known", "reason", "same_person", "over", "not_reviewer"."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"no reveal: {reason}")
        self.reason = reason


def terms(look: Look, what: FieldClass, purpose: Purpose, reason: str) -> Terms:
    """What a reveal asked for now comes to. Raises Denied."""
    if not reason.strip():
        raise Denied("reason")
    if look.sees(what) is Sight.FULL:
        raise Denied("known")
    officer = look.officer
    if purpose is Purpose.LIFE:
        if not officer.roles & _HELPERS:
            raise Denied("rights")
        return Terms(_as(officer, officer.roles & _HELPERS), second=False, review=True)
    if not may_ask(officer, what, look.relation, secret=look.secret):
        raise Denied("rights")
    second = needs_second(officer, what, look.relation, secret=look.secret)
    return Terms(_as(officer, officer.roles), second=second, review=False)


def askable(look: Look) -> Mapping[FieldClass, bool]:
    """The classes he may ask for, and whether a second person must agree."""
    return {
        what: needs_second(look.officer, what, look.relation, secret=look.secret)
        for what in (FieldClass.CONTACT, FieldClass.IDENTITY)
        if look.sees(what) is not Sight.FULL and may_ask(look.officer, what, look.relation, secret=look.secret)
    }


def may_break_glass(officer: Officer) -> bool:
    """Whether he may look at once where life is in danger."""
    return bool(officer.roles & _HELPERS)


def may_second(officer: Officer, asked_by: str) -> bool:
    """Whether he may agree to what ``asked_by`` asked: two people, and the second of them with authority."""
    return bool(officer.roles & _SECONDS) and officer.account != asked_by


def _as(officer: Officer, roles: frozenset[Role]) -> Role:
    return next((role for role in _SPEAKS_AS if role in roles), min(officer.roles))
