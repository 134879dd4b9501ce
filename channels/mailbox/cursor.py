"""How far a mailbox was taken: (UIDVALIDITY, last UID), and what of the mail that was there before us is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Old(StrEnum):
    """Which mails below ``Cursor.boundary`` are taken."""

    UNSEEN = "unseen"
    """Those nobody has read: on the first visit, what people dealt with before us is theirs."""
    ALL = "all"
    """All: the server numbered its mails anew, and any of them may be one we never had. Those we had are recognised."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Mails above ``last`` are new to us; ``boundary`` is the first UID given after this numbering was met."""

    validity: int
    last: int
    boundary: int
    old: Old

    def __str__(self) -> str:
        return f"{self.validity}:{self.last}:{self.boundary}:{self.old}"

    def after(self, uid: int) -> Cursor:
        """The cursor once ``uid`` is taken."""
        return Cursor(self.validity, max(uid, self.last), self.boundary, self.old)


def read(text: str) -> Cursor | None:
    """The inverse of ``str``; None for "" and for what no version of ours wrote."""
    try:
        validity, last, boundary, old = text.split(":")
        return Cursor(int(validity), int(last), int(boundary), Old(old))
    except ValueError:
        return None


def begin(before: Cursor | None, *, validity: int, next_uid: int) -> Cursor:
    """The cursor for a mailbox as it was just opened."""
    if before is not None and before.validity == validity:
        return before
    return Cursor(validity, 0, next_uid, Old.UNSEEN if before is None else Old.ALL)
