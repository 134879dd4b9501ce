"""个人信息: who saw it (谁看过我的信息), a copy of it, and having it erased."""

from __future__ import annotations

import re

from dialog.acts import AskForData
from dialog.flow import Flow, Place, Talk
from dialog.flows.mine import open_ones
from dialog.intents import heard, said_whole
from dialog.lexicon import fold
from dialog.turn import Turn
from dialog.view import SeenView

SURE = Place("own_data", "sure")
_HINT = re.compile("看过|看了|查看|seen|saw", re.IGNORECASE)


def asks_who_saw(text: str) -> bool:
    """Whether a message asks who saw the citizen's data: only then is it looked up."""
    return bool(_HINT.search(text)) and heard("who_saw", fold(text))


def who_saw(talk: Talk) -> Turn:
    """When, in which role, of which unit, for what."""
    if not talk.view.seen:
        return talk.reply("own_data.nobody")
    lines = (_line(talk, one) for one in talk.view.seen)
    return talk.say("\n".join((talk.phrases("own_data.seen", count=len(talk.view.seen)), *lines)))


def _line(talk: Talk, one: SeenView) -> str:
    return talk.phrases(
        "own_data.look",
        date=talk.date(one.at),
        unit=one.unit or talk.city.hotline,
        role=talk.phrases.get(f"own_data.role.{one.role}", talk.phrases("own_data.role.officer")),
        purpose=talk.phrases(f"own_data.purpose.{one.purpose}"),
    )


def export(talk: Talk) -> Turn:
    """A copy: an officer makes it once it is sure whom it belongs to."""
    return talk.reply("own_data.export", acts=[AskForData("export")])


def erase(talk: Talk) -> Turn:
    """Nothing of it comes back, so it is asked once more; what is still being handled is told."""
    working = open_ones(talk.view.tickets)
    return talk.reply("own_data.erase_open" if working else "own_data.erase", to=SURE, count=len(working))


def _hear_sure(talk: Talk) -> Turn | None:
    if said_whole("sure_erase", talk.text):
        return talk.reply("own_data.erasing", acts=[AskForData("erase")])
    return talk.reply("own_data.kept") if said_whole("no", talk.text) or said_whole("cancel", talk.text) else None


FLOW = Flow("own_data", steps={"sure": _hear_sure}, begins={"who_saw": who_saw, "export": export, "erase": erase})
