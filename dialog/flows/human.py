"""转人工: always possible, before anything else except an emergency."""

from __future__ import annotations

from dialog.flow import Talk
from dialog.flows import urgent
from dialog.flows.mine import open_ones
from dialog.intents import said_whole
from dialog.turn import HandOver, Owner, TakeBack, Turn

_MINUTES_EACH = 1.5


def hand_over(talk: Talk) -> Turn:
    """Into the queue, with what was said so far."""
    waiting = talk.view.waiting
    acts = [HandOver("asked", summary(talk))]
    if talk.view.agents and waiting:
        minutes = max(1, round(waiting * _MINUTES_EACH / talk.view.agents))
        return talk.aside("human.queue", acts=acts, waiting=waiting, minutes=minutes)
    if talk.view.agents:
        return talk.aside("human.next", acts=acts)
    if talk.view.phone_tail:
        return talk.aside("human.callback", acts=acts, tail=talk.view.phone_tail)
    return talk.aside("human.nobody", acts=acts)


def summary(talk: Talk) -> str:
    """What an agent should know before the first word: what is under way, and what was gathered."""
    parts = [f"{name}: {value}" for name, value in talk.slots.items() if isinstance(value, str) and value]
    parts.extend(str(words) for words in talk.slots.get("texts", ()))
    tickets = (f"工单 {one.number}" for one in open_ones(talk.view.tickets)[:3])
    return "\n".join([*parts, *tickets, talk.inbound.text])[:2000]


def while_held(talk: Talk) -> Turn | None:
    """A person has the conversation, or will: we keep quiet, unless the citizen wants us back."""
    if talk.view.owner is Owner.BOT:
        return None
    if talk.view.owner is Owner.QUEUE and said_whole("back", talk.text):
        return talk.reply("human.back", acts=[TakeBack()])
    if talk.view.owner is Owner.QUEUE and urgent.under_way(talk):
        # An address given while help is being called must not meet silence.
        return None
    return talk.silent()
