"""A citizen for the tests: says things, remembers what was answered and done, so that a test reads like a dialogue."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from datetime import date, datetime
from functools import cache

from bot.city import load_city
from channels.message import Address, Attachment, Event, Inbound, Kind, Location, Say
from dialog.acts import Act
from dialog.city import City
from dialog.manager import turn
from dialog.memory import Memory
from dialog.turn import Turn
from dialog.view import FreshNumber, View
from tickets.limits.calendar import SHANGHAI

FRESH = FreshNumber("2609180002175", "4839201756")
EVENING = datetime(2026, 9, 18, 20, 33, 11, tzinfo=SHANGHAI)
IMAGE = Attachment("img-1", Kind.IMAGE, "image/jpeg")
VIDEO = Attachment("vid-1", Kind.VIDEO, "video/mp4")
_PLAIN = str.maketrans("。、「」“”", '.,""""')


@cache
def city() -> City:
    """The demonstration city, loaded once."""
    return load_city(None, policy="cn-jinan-like", today=date(2026, 9, 18)).talk


def plain(text: str) -> str:
    """``text`` without regard to how its punctuation is written."""
    return unicodedata.normalize("NFKC", text).translate(_PLAIN)


class Citizen:
    """One conversation. ``heard`` is what we last said, ``did`` the acts of the last turn."""

    def __init__(self, *, now: datetime = EVENING, **view: object) -> None:
        self.now = now
        self.view = replace(View(fresh=FRESH), **view)  # type: ignore[arg-type]
        self.memory = Memory()
        self.turn = Turn(self.memory)
        self.all_acts: list[Act] = []

    def says(self, text: str = "", *files: Attachment, kind: Kind | None = None, **inbound: object) -> Citizen:
        """One message."""
        message = Inbound(
            address=Address("app", "city", "peer"),
            id="1",
            sent_at=self.now,
            kind=kind or (files[0].kind if files and not text else Kind.TEXT),
            text=text,
            attachments=files,
            **inbound,  # type: ignore[arg-type]
        )
        self.turn = turn(self.memory, message, self.view, city=city(), now=self.now)
        # As the store does: through JSON and back.
        self.memory = Memory.load(json.loads(json.dumps(self.turn.memory.dump())))
        self.all_acts.extend(self.turn.acts)
        return self

    def sends_place(self, label: str) -> Citizen:
        """A point on the map."""
        return self.says(kind=Kind.LOCATION, location=Location(36.68, 116.99, label))

    def taps(self, choice: str) -> Citizen:
        """A button."""
        return self.says(choice=choice)

    def happens(self, event: Event, text: str = "", choice: str = "") -> Citizen:
        """An event."""
        return self.says(text, kind=Kind.EVENT, event=event, choice=choice)

    @property
    def heard(self) -> str:
        """Our last words, "" for silence."""
        return self.turn.say.text if self.turn.say else ""

    @property
    def said(self) -> Say:
        """Our last words with their choices."""
        assert self.turn.say is not None, "silence"
        return self.turn.say

    @property
    def did(self) -> list[Act]:
        """The acts of the last turn."""
        return list(self.turn.acts)

    def hears(self, text: str) -> Citizen:
        """Our last words are exactly ``text``, punctuation aside."""
        assert plain(self.heard) == plain(text), self.heard
        return self

    def hears_of(self, *parts: str) -> Citizen:
        """Our last words contain each of ``parts``."""
        for part in parts:
            assert plain(part) in plain(self.heard), f"{part!r} not in {self.heard!r}"
        return self

    def hears_nothing(self) -> Citizen:
        """Silence."""
        assert self.turn.say is None, self.heard
        return self

    def one(self, kind: type) -> object:
        """The only act of ``kind`` in the last turn."""
        (found,) = [act for act in self.did if isinstance(act, kind)]
        return found
