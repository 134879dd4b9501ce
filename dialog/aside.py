"""What belongs to no flow: insults, what is not the hotline's business, pictures without words."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from channels.message import Kind
from dialog.emotion import abusive
from dialog.flow import Talk
from dialog.flows import report, supplement, urgent
from dialog.lexicon import alternation, rules
from dialog.turn import Turn

_LADDER = ("abuse.soothe", "abuse.pause", "abuse.warn")
_PAUSE_SECONDS = 180
_AS_IT_IS = {supplement.FLOW.name, urgent.FLOW.name}
_SCOPES = ("chat", "court", "discipline", "army")


@cache
def _scope(name: str) -> re.Pattern[str]:
    return re.compile(alternation(rules("scope")[name]))


def out_of_scope(talk: Talk) -> Turn | None:
    """Where to go instead; never a bare refusal."""
    name = next((name for name in _SCOPES if _scope(name).search(talk.text)), None)
    return talk.aside(f"scope.{name}") if name else None


def abuse(talk: Talk) -> Turn | None:
    """Soothe, then pause (insults meet silence, all else is answered), then warn; only a person may do more."""
    if not abusive(talk.text):
        return None
    now = int(talk.now.timestamp())
    if now < talk.slots.get("paused_until", 0):
        return talk.silent()
    again = talk.slots.get("abuse", 0)
    turn = talk.aside(_LADDER[min(again, len(_LADDER) - 1)])
    slots = {**talk.slots, "abuse": again + 1}
    if again:
        slots["paused_until"] = now + _PAUSE_SECONDS
    return replace(turn, memory=replace(turn.memory, slots=slots))


def wordless(talk: Talk) -> Turn | None:
    """A photo or a file without words, and nothing under way."""
    if talk.text:
        return None
    return talk.aside("media.photo") if talk.inbound.attachments else None


def unheard(talk: Talk) -> Turn | None:
    """A voice nobody turned into words: it is kept for a person to hear, with the report under way if there is one, and
    the citizen is asked to write. To a ticket, and to a danger that was reported, it may be added as it is."""
    if talk.text or talk.inbound.kind is not Kind.VOICE or talk.memory.flow in _AS_IT_IS:
        return None
    turn = talk.aside("voice")
    if talk.memory.flow != report.FLOW.name:
        return turn
    files = [*talk.slots.get("files", ()), *(file.ref for file in talk.inbound.attachments)]
    return replace(turn, memory=replace(turn.memory, slots={**talk.slots, "files": files}))


def edited(talk: Talk) -> Turn | None:
    """A message written anew: what its first wording set off stands, so a correction must be said."""
    return talk.aside("edited") if talk.inbound.kind is Kind.EDITED else None
