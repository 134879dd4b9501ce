"""Hello, the menu, thanks, and the polite answer to what we cannot read."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from channels.message import Choice
from dialog.acts import Consent
from dialog.flow import IDLE, Flow, Place, Talk
from dialog.flows.drafts import half_filled
from dialog.turn import Turn

MENU = Place("greet", "menu")
"""The menu was the last thing shown: its numbers may be typed."""
_THERE = timedelta(days=1)
"""How long a citizen who scanned a poster is taken to speak of its district."""


def menu(talk: Talk) -> tuple[Choice, ...]:
    """What the menu offers."""
    names = ("report", "consult", "progress", "human")
    return tuple(talk.choice(f"menu:{name}", f"menu.{name}", str(at)) for at, name in enumerate(names, 1))


def hello(talk: Talk, lead: str = "") -> Turn:
    """Greet, with the privacy line the first time; ``lead`` is said before it."""
    text = lead + talk.phrases("greet.hello", hotline=talk.city.hotline)
    if not talk.memory.greeted and not talk.view.brief:
        text = f"{talk.phrases('greet.privacy')}\n{text}"
    return talk.say(text, to=IDLE if talk.view.brief else MENU, choices=() if talk.view.brief else menu(talk))


def arrive(talk: Talk) -> Turn:
    """The citizen followed the account, or scanned a code. What he reports in the next day is taken to be in the
    district of the poster he scanned, unless he says another."""
    poster = talk.view.poster
    if poster is None:
        return hello(talk)
    until = int((talk.now + _THERE).timestamp())
    came = {"scene": poster.scene, "district": poster.district, "until": until}
    talk = replace(talk, memory=replace(talk.memory, came=came))
    name = next((one.name for one in talk.city.districts if one.code == poster.district), "")
    if half_filled(talk.memory):
        return talk.aside("greet.poster", district=name) if name else talk.silent()
    return hello(talk, talk.phrases("greet.poster", district=name) + "\n" if name else "")


def nowhere(talk: Talk) -> Turn:
    """An entry of the account's menu that leads nowhere: the menu we have is offered instead."""
    return talk.say(talk.phrases("menu.nowhere"), to=MENU, choices=menu(talk))


def thanks(talk: Talk) -> Turn:
    """You are welcome."""
    return talk.reply("greet.thanks")


def unsupported(talk: Talk) -> Turn:
    """A kind of message we have no use for."""
    return talk.aside("unsupported")


def opt_out(talk: Talk) -> Turn:
    """退订: no more notices; what the citizen writes is still answered."""
    return talk.reply("consent.out", acts=[Consent(notices=False)])


def opt_in(talk: Talk) -> Turn:
    """订阅."""
    return talk.reply("consent.in", acts=[Consent(notices=True)])


FLOW = Flow(
    "greet",
    begins={"greet": hello, "menu": hello, "thanks": thanks, "opt_out": opt_out, "opt_in": opt_in},
)
