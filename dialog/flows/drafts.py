"""待补充: a half-filled report is the conversation's own memory; it is put aside when it lies idle, and taken up again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from dialog.flow import NOTHING, Flow, Talk
from dialog.flows import report
from dialog.flows.mine import open_ones
from dialog.intents import only_an_answer, said_whole
from dialog.memory import Memory
from dialog.turn import Turn
from tickets.number import tail

_JUST_NOW = timedelta(hours=1)
_SAID = ("texts", "place", "files", "occurred")
"""Slots that hold something the citizen told; a report without them is not half-filled but not begun."""


def half_filled(memory: Memory) -> bool:
    """Did the citizen tell something of a report that is not submitted?"""
    return memory.flow == report.FLOW.name and any(memory.slots.get(name) for name in _SAID)


def put_aside(memory: Memory, *, until: datetime) -> Memory:
    """The half-filled report leaves the way; it can be taken up again ``until`` then."""
    kept = {"step": memory.step, "slots": dict(memory.slots), "until": int(until.timestamp())}
    return replace(memory, flow="", step="", slots=NOTHING, kept=kept)


def forget_old(memory: Memory, *, now: datetime) -> Memory:
    """Without what was kept long enough."""
    at = now.timestamp()
    if memory.kept and at > memory.kept.get("until", 0):
        memory = replace(memory, kept=NOTHING)
    if memory.came and at > memory.came.get("until", 0):
        memory = replace(memory, came=NOTHING)
    return memory


def resume(talk: Talk) -> Turn:
    """继续: where the citizen left it."""
    kept = talk.memory.kept
    if not kept:
        return _none(talk)
    memory = replace(talk.memory, flow=report.FLOW.name, step=kept["step"], slots=kept["slots"], kept=NOTHING)
    return report.again(replace(talk, memory=memory))


def _none(talk: Talk) -> Turn:
    """No report waits; one submitted a moment ago is named, so that nobody submits it twice."""
    last = next(iter(open_ones(talk.view.tickets)), None)
    if last and talk.now - last.received_at <= _JUST_NOW:
        return talk.reply("draft.submitted", tail=tail(last.number))
    return talk.reply("draft.none")


def unasked(talk: Talk) -> Turn | None:
    """A command for a report, or an answer, where nothing under way asks for it: it is no question and no matter."""
    tapped = talk.inbound.choice.startswith(f"{report.FLOW.name}:")
    if talk.memory.kept and said_whole("send", talk.text):
        return resume(talk)
    if talk.memory.kept and said_whole("cancel", talk.text):
        return report.cancelled(replace(talk, memory=replace(talk.memory, kept=NOTHING)))
    if tapped or any(said_whole(name, talk.text) for name in ("send", "cancel", "restart")):
        return _none(talk)
    return talk.reply("greet.thanks") if only_an_answer(talk.text) else None


FLOW = Flow("drafts", begins={"resume": resume})
