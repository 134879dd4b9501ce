"""Names where somebody said something in public, so that the one answer finds it again, and who said it."""

from __future__ import annotations

import re
from dataclasses import dataclass

IN_PUBLIC = "public:"
"""Begins the peer of a citizen in public; the number behind it is his."""
PUSHED = "mention:"
"""Begins the key of an @mention that Weibo pushed: it may be answered in private, once."""
_PLACE = re.compile(r"status:(?P<status>[0-9]{1,20})|comment:(?P<post>[0-9]{1,20}):(?P<comment>[0-9]{1,20})")


@dataclass(frozen=True, slots=True)
class Place:
    """A post, or with ``comment`` a comment below it."""

    status: str
    comment: str = ""

    @property
    def key(self) -> str:
        """Unique in all Weibo: the dedupe key of what was said there."""
        return f"comment:{self.status}:{self.comment}" if self.comment else f"status:{self.status}"


def place_of(key: str) -> Place | None:
    """The inverse of :attr:`Place.key`; None for the key of anything else."""
    found = _PLACE.fullmatch(key)
    if found is None:
        return None
    return Place(found["status"] or found["post"], found["comment"] or "")
