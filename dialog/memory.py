"""What the bot remembers of one conversation between two messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Memory:
    """The state of one conversation. ``flow`` and ``step`` name where we are ("" = nothing under way); ``slots`` is
    what the flow has gathered, JSON values only. Small on purpose: it is read and written with every message."""

    flow: str = ""
    step: str = ""
    slots: Mapping[str, Any] = field(default_factory=dict, repr=False)
    greeted: bool = False
    locale: str = "zh_CN"
    kept: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """A half-filled report that was put aside (``dialog/flows/drafts.py``): its step, its slots, and until when."""
    album: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The album a piece of which came last (``dialog/album.py``): its id, and the pieces that wait for words."""
    came: Mapping[str, Any] = field(default_factory=dict)
    """The poster that brought the citizen: its scene, its district, and until when a report is taken to be of there."""

    def dump(self) -> dict[str, Any]:
        """A JSON object; only what differs from the default, so that an idle conversation stores ``{}``."""
        out: dict[str, Any] = {}
        if self.flow:
            out["flow"] = self.flow
        if self.step:
            out["step"] = self.step
        if self.slots:
            out["slots"] = dict(self.slots)
        if self.greeted:
            out["greeted"] = True
        if self.locale != "zh_CN":
            out["locale"] = self.locale
        if self.kept:
            out["kept"] = dict(self.kept)
        if self.album:
            out["album"] = dict(self.album)
        if self.came:
            out["came"] = dict(self.came)
        return out

    @classmethod
    def load(cls, stored: Mapping[str, Any]) -> Memory:
        """The inverse of :meth:`dump`; unknown keys (an older or newer version's) are dropped."""
        return cls(
            flow=stored.get("flow", ""),
            step=stored.get("step", ""),
            slots=stored.get("slots", {}),
            greeted=stored.get("greeted", False),
            locale=stored.get("locale", "zh_CN"),
            kept=stored.get("kept", {}),
            album=stored.get("album", {}),
            came=stored.get("came", {}),
        )
