"""Decides what one message means and what is said and done about it: values in, values out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from channels.message import Event, Inbound, Kind
from dialog import album, aside
from dialog.account_menu import leads, spoken
from dialog.acts import TakeBack
from dialog.city import City
from dialog.flow import Flow, Step, Talk
from dialog.flows import (
    FLOWS,
    consult,
    drafts,
    greet,
    human,
    letter,
    linking,
    progress,
    public,
    rate,
    report,
    supplement,
    unknown,
    urgent,
)
from dialog.intents import begun, heard, said_whole
from dialog.lexicon import fold
from dialog.matters import matter_of, troubled, type_of
from dialog.memory import Memory
from dialog.phrases import phrases
from dialog.turn import Turn
from dialog.view import View
from tickets.appeal import AppealType

Taker = Callable[[Talk], Turn | None]
_BY_NAME: Mapping[str, Flow] = {flow.name: flow for flow in FLOWS}
_BEGINS: Mapping[str, Step] = {intent: step for flow in FLOWS for intent, step in flow.begins.items()}
_CHOICES: Mapping[str, Step] = {first: step for flow in FLOWS for first, step in flow.choices.items()}
_MENU: Mapping[str, Step] = {
    "report": report.ask_what,
    "consult": consult.ask,
    "progress": progress.ask,
    "human": human.hand_over,
}
_COMMANDS = {
    "who_saw", "export", "erase", "progress", "urge", "withdraw", "supplement", "restore", "menu",
    "bind", "unbind", "claim", "only_here", "elsewhere",
}  # fmt: skip
_COMMANDS_IN_A_REPORT = {"progress", "restore", "menu"}
_SILENT = {Event.UNFOLLOWED, Event.GRANTED, Event.DECLINED, Event.REVOKED, Event.OTHER}
_ENGLISH = re.compile(r"^[\x00-\x7f]*[a-z]{3,}[\x00-\x7f]*$")
_A_COMMAND = 12
"""Longer texts say more than a command word."""
_STORY = 12
"""Longer texts that nobody calls a question tell of something that happened."""


def turn(memory: Memory, inbound: Inbound, view: View, *, city: City, now: datetime) -> Turn:
    """One turn. Never raises for anything a citizen can write; opens nothing, reads no clock."""
    # A key, a scene or a template's id is nobody's words: it tells of no danger and no language.
    text = "" if inbound.event else fold(inbound.text)
    memory = drafts.forget_old(_locale(memory, text), now=now)
    talk = Talk(
        memory=memory,
        inbound=inbound,
        view=view,
        city=city,
        now=city.calendar.local(now),
        text=text,
        phrases=phrases(memory.locale, brief=view.brief),
    )
    talk = album.together(letter.narrowed(talk))
    decided = next((turn for take in _TAKERS if (turn := take(talk)) is not None), None)
    return album.remembered(talk, decided or greet.hello(talk))


def _locale(memory: Memory, text: str) -> Memory:
    """Who writes English is answered in English; the first Chinese word brings Chinese back."""
    if not text or said_whole("opt_out", text) or text.isdigit():
        return memory
    if _ENGLISH.match(text) and len(text) > 3:
        return replace(memory, locale="en")
    return replace(memory, locale="zh_CN") if memory.locale != "zh_CN" and not text.isascii() else memory


def _happening(talk: Talk) -> Turn | None:
    """Events without words."""
    event = talk.inbound.event
    if event is None:
        return talk.silent() if talk.inbound.kind is Kind.UNKNOWN else None
    if event in _SILENT:
        return talk.silent()
    if event is Event.GIVEN_BACK:
        return talk.silent(TakeBack()) if talk.view.away else talk.silent()
    if event is Event.RATED:
        return rate.tapped(talk)
    if event is Event.MENU:
        return _tapped(talk)
    return human.while_held(talk) or greet.arrive(talk)


def _tapped(talk: Talk) -> Turn:
    """An entry of the account's menu: as if its words were said, but never an answer to what was asked."""
    talk = replace(talk, text=spoken(talk.inbound.text))
    if held := human.while_held(talk):
        return held
    intent = leads(talk.inbound.text)
    if intent == "human":
        return human.hand_over(talk)
    if intent == "report" and talk.memory.flow == report.FLOW.name:
        return report.again(talk)
    return (_intent(talk) if intent else None) or greet.nowhere(talk)


def _machine(talk: Talk) -> Turn | None:
    """Two machines that answer each other never stop."""
    return talk.silent() if talk.inbound.kind is Kind.AUTOMATIC else None


def _command(talk: Talk) -> Turn | None:
    """A person always; 退订 and 订阅 as whole words, even where a digit is awaited."""
    if talk.text and heard("human", talk.text):
        return human.hand_over(talk)
    if talk.text and said_whole("opt_out", talk.text) and not linking.awaits(talk):
        return greet.opt_out(talk)
    return None


def _choice(talk: Talk) -> Turn | None:
    if not talk.inbound.choice:
        return None
    first, _, rest = talk.inbound.choice.partition(":")
    if first == "menu" and rest in _MENU:
        return _MENU[rest](replace(talk, text=""))
    step = _CHOICES.get(first)
    return step(talk) if step else None


def _step(talk: Talk) -> Turn | None:
    """Whatever is under way comes first: no survey takes a digit out of a half-filled report."""
    flow = _BY_NAME.get(talk.memory.flow)
    step = flow.steps.get(talk.memory.step) if flow else None
    if step is None:
        return None
    if flow is not urgent.FLOW and _begins_anew(talk):
        return None
    return step(talk)


def _begins_anew(talk: Talk) -> bool:
    """A command word leaves what was under way; in a report only the plain commands do."""
    intent = begun(talk.text)
    if talk.memory.flow == report.FLOW.name:
        return intent in _COMMANDS_IN_A_REPORT and len(talk.text) <= 8
    return intent in _COMMANDS and talk.memory.step != supplement.WANTED.step


def _intent(talk: Talk) -> Turn | None:
    intent = begun(talk.text)
    if not intent:
        return None
    if intent == "urge" and not talk.view.tickets and len(talk.text) > _A_COMMAND:
        # Without a ticket of his own, "怎么还没人处理" is a complaint; the bare command is answered anyway.
        return None
    decided = _BEGINS[intent](replace(talk, memory=replace(talk.memory, flow="", step="", slots={})))
    if decided and talk.memory.flow == report.FLOW.name and not decided.memory.flow:
        # Asked in the middle of a report and answered at once: the report goes on.
        return replace(decided, memory=talk.memory)
    return decided


def _menu_digit(talk: Talk) -> Turn | None:
    """The menu's numbers, right after it was shown; a survey's digits come before."""
    names = tuple(_MENU)
    if talk.text in {"1", "2", "3", "4"} and talk.memory.step == greet.MENU.step:
        return _MENU[names[int(talk.text) - 1]](replace(talk, text=""))
    return None


def _matter(talk: Talk) -> Turn | None:
    """Free words: a matter to report, or a question to answer."""
    if talk.inbound.location is not None and not talk.text:
        return report.start(talk)
    if not any(char.isalpha() for char in talk.text):
        return None
    kind = type_of(talk.text, matter_of(talk.text))
    if kind not in (None, AppealType.CONSULT):
        return report.start(talk, kind)
    if kind is AppealType.CONSULT and not troubled(talk.text):
        return consult.look_up_or_admit(talk)
    if found := consult.look_up(talk):
        return found
    if kind is AppealType.CONSULT:
        return report.start(talk, AppealType.HELP)
    return report.start(talk) if len(talk.text) >= _STORY or matter_of(talk.text).title else unknown.admit(talk)


def _unsupported(talk: Talk) -> Turn | None:
    return greet.unsupported(talk) if talk.inbound.kind is Kind.UNSUPPORTED else None


_TAKERS: Sequence[Taker] = (
    _machine,
    public.take,
    urgent.look,
    _happening,
    human.while_held,
    letter.take,
    aside.edited,
    _command,
    _unsupported,
    aside.unheard,
    _choice,
    album.rest,
    _step,
    linking.vouched,
    rate.hear,
    aside.abuse,
    _intent,
    _menu_digit,
    aside.out_of_scope,
    aside.wordless,
    drafts.unasked,
    _matter,
)
