"""转人工: always possible, before anything else except an emergency."""

from __future__ import annotations

from dialog.acts import Act, HandOver, PromiseCall, ReleaseCall, TakeBack
from dialog.emotion import emotion
from dialog.flow import Place, Talk
from dialog.flows import urgent
from dialog.flows.mine import open_ones
from dialog.intents import heard, said_whole
from dialog.turn import Turn
from dialog.view import Owner

_UPSET = 2
"""From this emotion on an agent should know before his first word."""
_MINUTE = 60


def hand_over(talk: Talk) -> Turn:
    """Into the queue, with what was said so far; where nobody is on duty, with the promise of a call."""
    waiting, policy = talk.view.waiting, talk.city.policy.human
    if talk.view.desk:
        return talk.aside("human.desk", acts=[HandOver("asked", summary(talk), talk.view.desk)])
    acts: list[Act] = [HandOver("asked", summary(talk))]
    if talk.view.agents and waiting:
        minutes = max(1, round(waiting * policy.each.roughly.total_seconds() / _MINUTE / talk.view.agents))
        return talk.aside("human.queue", acts=acts, waiting=waiting, minutes=minutes)
    if talk.view.agents:
        return talk.aside("human.next", acts=acts)
    if talk.view.phone_tail:
        acts.append(PromiseCall(talk.inbound.id, policy.call_back, summary(talk)))
        minutes = round(policy.call_back.roughly.total_seconds() / _MINUTE)
        slots = {**talk.slots, "call": talk.inbound.id}
        here = Place(talk.memory.flow, talk.memory.step)
        return talk.reply("human.callback", acts=acts, to=here, slots=slots, tail=talk.view.phone_tail, minutes=minutes)
    return talk.aside("human.nobody", acts=acts)


def summary(talk: Talk) -> str:
    """What an agent should know before the first word: what is under way, and what was gathered."""
    parts = [f"{name}: {value}" for name, value in talk.slots.items() if isinstance(value, str) and value]
    parts.extend(str(words) for words in talk.slots.get("texts", ()))
    if (upset := max(talk.slots.get("emotion", 0), emotion(talk.text))) >= _UPSET:
        parts.append(f"emotion: {upset}")
    tickets = (f"工单 {one.number}" for one in open_ones(talk.view.tickets)[:3])
    return "\n".join([*parts, *tickets, talk.inbound.text])[:2000]


def while_held(talk: Talk) -> Turn | None:
    """A person has the conversation, or will: we keep quiet, unless the citizen wants us back."""
    if talk.view.owner is Owner.BOT:
        return None
    if talk.view.owner is Owner.EXPERT and talk.text and heard("human", talk.text):
        return hand_over(talk)
    if talk.view.owner is Owner.QUEUE and (promised := _hear_call(talk)):
        return promised
    if talk.view.owner in (Owner.QUEUE, Owner.EXPERT) and said_whole("back", talk.text):
        return talk.reply("human.back", acts=[TakeBack()])
    if talk.view.owner is Owner.QUEUE and urgent.under_way(talk):
        # An address given while help is being called must not meet silence.
        return None
    return talk.silent()


def _hear_call(talk: Talk) -> Turn | None:
    """方便 or 不方便, after a call was promised."""
    ref = talk.slots.get("call", "")
    if not ref:
        return None
    slots = {name: value for name, value in talk.slots.items() if name != "call"}
    here = Place(talk.memory.flow, talk.memory.step)
    if said_whole("back", talk.text):
        return talk.reply("human.back", acts=[ReleaseCall(ref), TakeBack()], to=here, slots=slots)
    if said_whole("no_call", talk.text):
        return talk.reply("human.no_call", acts=[ReleaseCall(ref)], to=here, slots=slots)
    if said_whole("call_suits", talk.text):
        return talk.reply("human.call_suits", to=here, slots=slots)
    return None
