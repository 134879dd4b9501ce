"""Who is asked by phone beside the message (电话回访), and why: plain rules of the policy, and the lot."""

from __future__ import annotations

from enum import StrEnum

from tickets.appeal import ClosingKind, Urgency
from tickets.rules.callback import Phoning


class PhoneReason(StrEnum):
    """Why a citizen is called."""

    DRAWN = "drawn"
    """The lot fell on him: he is called even where he answered by message, to hear whether it was his own word."""
    URGENT = "urgent"
    REDO = "redo"
    UNSOLVED = "unsolved"
    CHANNEL = "channel"


def phone_reasons(
    rule: Phoning, *, urgency: Urgency, redo_no: int, closing_kind: ClosingKind | None, channel: str, drawn: bool
) -> tuple[PhoneReason, ...]:
    """Why this citizen is called, nothing for who is asked by message alone."""
    holds = {
        PhoneReason.DRAWN: drawn,
        PhoneReason.URGENT: urgency in rule.urgencies,
        PhoneReason.REDO: rule.redo and redo_no > 0,
        PhoneReason.UNSOLVED: rule.unsolved and closing_kind is ClosingKind.UNSOLVED,
        PhoneReason.CHANNEL: channel in rule.channels,
    }
    return tuple(reason for reason, held in holds.items() if held)


def may_be_phoned(*, confidential: bool, phone: str | None) -> bool:
    """A number is known, and nobody promised that his name would not be spoken."""
    return bool(phone) and not confidential
