"""How the hub speaks: its turns, notices and apologies in the words of the city it serves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.city import LoadedCity
from bot.journey.door import Standings
from channels.message import Inbound, Notice, Say
from dialog.manager import turn
from dialog.memory import Memory
from dialog.notices import readable, standing, words
from dialog.turn import Turn
from dialog.view import View


def thinking(city: LoadedCity) -> Callable[[Memory, Inbound, View, datetime], Turn]:
    """The turn of a conversation in this city."""

    def think(memory: Memory, inbound: Inbound, view: View, now: datetime) -> Turn:
        return turn(memory, inbound, view, city=city.talk, now=now)

    return think


def sorry(city: LoadedCity) -> Callable[[str], Say]:
    """What a citizen hears whose message got stuck."""
    return lambda error_id: words("system.stuck", {"error_id": error_id}, locale="zh_CN", brief=False, city=city.talk)


def standings(city: LoadedCity) -> Standings:
    """Where tickets stand, in words."""
    return Standings(city.talk.units, lambda one: standing(one, locale="zh_CN", city=city.talk))


def notices(city: LoadedCity) -> Callable[..., Notice]:
    """Writes notices in the words of this city."""

    def notice(key: str, params: Mapping[str, str], *, brief: bool, locale: str) -> Notice:
        said = words(key, params, locale=locale, brief=brief, city=city.talk)
        return Notice(key, readable(params, locale=locale, city=city.talk), said.text, said.choices)

    return notice
