"""Hello, the menu, thanks, and the polite answer to what we cannot read."""

from __future__ import annotations

from channels.message import Choice
from dialog.acts import Consent
from dialog.flow import IDLE, Flow, Place, Talk
from dialog.turn import Turn

MENU = Place("greet", "menu")
"""The menu was the last thing shown: its numbers may be typed."""


def menu(talk: Talk) -> tuple[Choice, ...]:
    """What the menu offers."""
    names = ("report", "consult", "progress", "human")
    return tuple(talk.choice(f"menu:{name}", f"menu.{name}", str(at)) for at, name in enumerate(names, 1))


def hello(talk: Talk) -> Turn:
    """Greet, with the privacy line the first time."""
    text = talk.phrases("greet.hello", hotline=talk.city.hotline)
    if not talk.memory.greeted and not talk.view.brief:
        text = f"{talk.phrases('greet.privacy')}\n{text}"
    return talk.say(text, to=IDLE if talk.view.brief else MENU, choices=() if talk.view.brief else menu(talk))


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
