"""待补充: a half-filled report is the conversation's own memory; it is put aside when it lies idle, and taken up again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from dialog.flow import NOTHING, Flow, Talk
from dialog.flows import report
from dialog.memory import Memory
from dialog.turn import Turn

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
    if not memory.kept or now.timestamp() <= memory.kept.get("until", 0):
        return memory
    return replace(memory, kept=NOTHING)


def resume(talk: Talk) -> Turn:
    """继续: where the citizen left it."""
    kept = talk.memory.kept
    if not kept:
        return talk.reply("draft.none")
    memory = replace(talk.memory, flow=report.FLOW.name, step=kept["step"], slots=kept["slots"], kept=NOTHING)
    return report.again(replace(talk, memory=memory))


FLOW = Flow("drafts", begins={"resume": resume})
