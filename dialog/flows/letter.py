"""来信: a whole letter becomes a ticket at once, without a question; a reply to ours continues what it answers.

Nothing is asked back by mail: what is missing is marked on the ticket (要素不全), and the unit asks if it must.
"""

from __future__ import annotations

import re
from dataclasses import replace

from channels.message import Letter
from dialog.acts import Act, OpenTicket, RaiseAlarm
from dialog.emergency import detect
from dialog.flow import Talk
from dialog.flows import rate
from dialog.flows.mine import numbered, open_ones
from dialog.flows.report_slots import begin, draft
from dialog.flows.supplement import what_he_adds
from dialog.intents import begun, heard, said_whole
from dialog.lexicon import fold
from dialog.turn import Turn
from dialog.view import TicketView
from tickets.appeal import AppealType
from tickets.number import find, tail

_A_COMMAND = 12
"""Longer lines say more than a command word."""
_REPLY = re.compile(r"^(?:\s*(?:re|fw|fwd|回复|答复|转发|回覆|轉寄)\s*[:：])+\s*", re.IGNORECASE)
_TOKEN = re.compile(r"工单尾号\s?(\d{4})")
_POLITE = re.compile(r"(?:好的?|收到|知道了?|谢谢|感谢|多谢|辛苦|您|你|了|们|[,.!~。，！、 \n])+")
"""Thanks need no answer and no row on the ticket."""
_SHORT = {"opt_out", "opt_in", "progress", "urge", "withdraw", "restore", "supplement", "menu"}


def narrowed(talk: Talk) -> Talk:
    """The talk as it is heard: of a letter whose first line is a command, or an answer to what we asked, that line
    alone counts; below it stands a signature. A letter that is nothing but the title 退订 is that command."""
    letter = talk.inbound.letter
    if letter is None or letter.sort:
        return talk
    title = fold(_REPLY.sub("", letter.title))
    if not talk.text and not talk.inbound.attachments and (said_whole("opt_out", title) or said_whole("opt_in", title)):
        return _saying(talk, letter.title)  # what a mail program's "unsubscribe" writes
    line = _first_line(talk.inbound.text)
    if line == talk.inbound.text or not _short(fold(line)):
        return talk
    answers = bool(letter.replies_to) and bool(talk.memory.step or talk.view.survey)
    return _saying(talk, line) if answers or _command(fold(line)) else talk


def take(talk: Talk) -> Turn | None:
    """A letter; None for one that is a command or the short answer to what we asked."""
    letter = talk.inbound.letter
    if letter is None:
        return None
    if not letter.sort and (_command(talk.text) or (talk.memory.step and letter.replies_to and _short(talk.text))):
        return None
    about = _about(talk, letter)
    if about or letter.replies_to:
        if rated := _rating(talk):
            return rated
        if _POLITE.fullmatch(talk.text):
            return talk.silent()
        if about in open_ones(talk.view.tickets) and (talk.text or talk.inbound.attachments):
            return _add(talk, about)
    return _open(talk, letter)


def _short(text: str) -> bool:
    return 0 < len(text) <= _A_COMMAND


def _command(text: str) -> bool:
    return _short(text) and (begun(text) in _SHORT or heard("human", text))


def _rating(talk: Talk) -> Turn | None:
    """An answer to the open survey: the whole letter, or its first line where a story follows."""
    if talk.view.survey is None:
        return None
    return rate.hear(talk) or rate.hear(_saying(talk, _first_line(talk.inbound.text)))


def _saying(talk: Talk, text: str) -> Talk:
    return replace(talk, text=fold(text), inbound=replace(talk.inbound, text=text))


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def _about(talk: Talk, letter: Letter) -> TicketView | None:
    """The ticket of his own this letter speaks of: what it answers, else the token in its title."""
    mine = talk.view.tickets
    if one := numbered(talk.view.about, mine) or numbered(talk.slots.get("number"), mine):
        return one
    if numbers := find(letter.title):
        return numbered(numbers[0], mine)
    token = _TOKEN.search(letter.title)
    return next((one for one in mine if token and tail(one.number) == token[1]), None)


def _add(talk: Talk, one: TicketView) -> Turn:
    return talk.reply("letter.added", acts=[what_he_adds(talk, one.number), *_doubt(talk)], number=one.number)


def _open(talk: Talk, letter: Letter) -> Turn:
    title = _REPLY.sub("", _TOKEN.sub("", letter.title)).strip(" 【】[]")
    words = talk.inbound.text.strip() or title
    if not words and not talk.inbound.attachments:
        return talk.reply("letter.empty")
    fresh = talk.view.fresh
    # The rules read title and words together; the ticket keeps them apart.
    whole = f"{title}\n{words}" if title and title != words else words
    gathered = begin(_saying(talk, whole), _sort(letter))
    made = replace(draft(talk, gathered), content=words)
    made = replace(made, title=title) if title else made
    text = talk.phrases(
        "letter.received",
        title=title or talk.phrases("letter.untitled"),
        number=fresh.number,
        code=fresh.query_code,
    )
    if made.missing:
        missing = talk.phrases("letter.between").join(talk.phrases(f"letter.elements.{one}") for one in made.missing)
        text += talk.phrases("letter.incomplete", missing=missing)
    return talk.say(text, acts=[OpenTicket(fresh, made), *_doubt(talk)])


def _sort(letter: Letter) -> AppealType | None:
    """What the citizen himself called it."""
    return AppealType(letter.sort) if letter.sort in set(AppealType) else None


def _doubt(talk: Talk) -> list[Act]:
    """A letter that may tell of danger is shown to a person at once: there is no asking back."""
    alarm = detect(talk.text) if talk.text else None
    return [RaiseAlarm(alarm.level, alarm.kind)] if alarm is not None and not alarm.certain else []
