"""An album comes piece by piece, in any order: it is answered once, and its words bring along the photos before them."""

from __future__ import annotations

from dataclasses import replace

from channels.message import Attachment, Kind
from dialog.flow import Talk
from dialog.flows import report, supplement
from dialog.flows.report_slots import Gathered
from dialog.turn import Turn

_MOST = 20
"""Pieces kept for words that may follow; providers allow ten."""


def together(talk: Talk) -> Talk:
    """The piece with the words, as if the wordless ones before it had come with it."""
    mine = talk.inbound
    if not mine.album or not talk.text or talk.memory.album.get("id") != mine.album:
        return talk
    before = tuple(Attachment(ref, Kind(kind), stored=ref) for ref, kind in talk.memory.album.get("waiting", ()))
    return replace(talk, inbound=replace(mine, attachments=(*before, *mine.attachments)))


def rest(talk: Talk) -> Turn | None:
    """A further piece without words: it goes where the first went, and nothing is said or asked again."""
    mine, memory = talk.inbound, talk.memory
    if not mine.album or talk.text or memory.album.get("id") != mine.album:
        return None
    if memory.flow == report.FLOW.name and memory.step != report.WHAT.step:
        gathered = Gathered.load(talk.slots)
        files = tuple(file.ref for file in mine.attachments)
        return Turn(replace(memory, slots=replace(gathered, files=gathered.files + files).dump()), None)
    if memory.flow == supplement.FLOW.name and (added := supplement.FLOW.steps[memory.step](talk)):
        return replace(added, say=None)
    return talk.silent()


def remembered(talk: Talk, decided: Turn) -> Turn:
    """The decision, with the album in mind: its pieces wait for words where nothing took them."""
    mine = talk.inbound
    if not mine.album:
        return decided
    known = talk.memory.album if talk.memory.album.get("id") == mine.album else {}
    waiting = [] if talk.text else list(known.get("waiting", ()))
    if not talk.text and not decided.memory.flow and not decided.acts:
        waiting += [[file.ref, file.kind.value] for file in mine.attachments]
    kept = {"id": mine.album} | ({"waiting": waiting[:_MOST]} if waiting else {})
    return replace(decided, memory=replace(decided.memory, album=kept))
