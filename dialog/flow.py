"""What a flow is: a table of steps, each a plain function from one message to what is said and done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from channels.message import Choice, Inbound, Say
from dialog.acts import Act
from dialog.city import City
from dialog.memory import Memory
from dialog.phrases import Phrases
from dialog.turn import Turn
from dialog.view import View

NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a conversation stands: a flow and its step; the default is nowhere."""

    flow: str = ""
    step: str = ""


IDLE = Place()


@dataclass(frozen=True, slots=True)
class Talk:
    """One message with everything a flow may look at while answering it. ``text`` is folded for rules; the citizen's
    own words are ``inbound.text``."""

    memory: Memory
    inbound: Inbound = field(repr=False)
    view: View
    city: City
    now: datetime
    """On the city's clock."""
    text: str = field(repr=False)
    phrases: Phrases

    @property
    def slots(self) -> Mapping[str, Any]:
        """What the flow has gathered."""
        return self.memory.slots

    def date(self, at: datetime) -> str:
        """The day of ``at`` as citizens read it, "9月24日"."""
        return day_words(self.phrases, self.city.calendar.local(at))

    def choice(self, id: str, key: str, keyword: str = "") -> Choice:
        """A choice whose label is a phrase."""
        return Choice(id, self.phrases(key), keyword)

    def reply(
        self,
        key: str,
        /,
        *,
        acts: Sequence[Act] = (),
        to: Place = IDLE,
        slots: Mapping[str, Any] = NOTHING,
        choices: Sequence[Choice] = (),
        **params: object,
    ) -> Turn:
        """Say the phrase ``key`` and stand at ``to`` with ``slots``."""
        return self.say(self.phrases(key, **params), acts=acts, to=to, slots=slots, choices=choices)

    def aside(self, key: str, /, *, acts: Sequence[Act] = (), choices: Sequence[Choice] = (), **params: object) -> Turn:
        """Say the phrase ``key`` without leaving the step we are at."""
        here = Place(self.memory.flow, self.memory.step)
        return self.reply(key, acts=acts, to=here, slots=self.slots, choices=choices, **params)

    def say(
        self,
        text: str,
        *,
        acts: Sequence[Act] = (),
        to: Place = IDLE,
        slots: Mapping[str, Any] = NOTHING,
        choices: Sequence[Choice] = (),
    ) -> Turn:
        """Say ``text``. Where there are no buttons, numbered choices are spelled out after it."""
        memory = replace(self.memory, flow=to.flow, step=to.step, slots=slots, greeted=True)
        if choices and not self.view.buttons:
            return Turn(memory, Say(spelled(self.phrases, text, choices)), tuple(acts))
        return Turn(memory, Say(text, tuple(choices)), tuple(acts))

    def silent(self, *acts: Act) -> Turn:
        """Say nothing; the memory stays."""
        return Turn(self.memory, None, acts)

    def with_text(self, text: str) -> Talk:
        """The same moment with other folded words and no flow under way."""
        idle = replace(self.memory, flow="", step="", slots=NOTHING)
        return replace(self, memory=idle, text=text, inbound=replace(self.inbound, text=text, choice=""))


Step = Callable[[Talk], Turn | None]
"""Answers one message, or returns None when the message is not for this step."""


@dataclass(frozen=True, slots=True)
class Flow:
    """One file of ``dialog/flows``: its steps, the intents it begins with, and the choices that belong to it."""

    name: str
    steps: Mapping[str, Step] = field(default_factory=dict)
    """Step name -> who reads the answer."""
    begins: Mapping[str, Step] = field(default_factory=dict)
    """Intent -> who takes it."""
    choices: Mapping[str, Step] = field(default_factory=dict)
    """First part of a choice id ("kb" in "kb:KB-0412") -> who takes it."""


def day_words(phrases: Phrases, day: date) -> str:
    """A day as citizens read it, "9月24日"; of a time, the day it has on its own clock."""
    return phrases("date", day=day.day, month=day.month, name=phrases(f"month.m{day.month}"))


def spelled(phrases: Phrases, text: str, choices: Sequence[Choice]) -> str:
    """``text`` with its numbered choices written after it; choices named by a word stand in the text already."""
    listed = phrases("choice.between").join(
        phrases("choice.one", keyword=one.keyword, label=one.label) for one in choices if one.keyword.isdigit()
    )
    return text + listed
