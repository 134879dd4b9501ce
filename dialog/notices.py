"""Words for what the hub tells a citizen unasked: a meaning and its blanks become a sentence in his language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from channels.message import Say
from dialog.city import City
from dialog.flow import day_words
from dialog.flows import progress
from dialog.flows.rate import first_choices
from dialog.phrases import phrases
from dialog.view import TicketView
from tickets.number import tail

ASKS = {"survey.ask", "survey.remind"}


def words(key: str, params: Mapping[str, str], *, locale: str, brief: bool, city: City) -> Say:
    """The notice ``key`` in words. Unknown blanks are no matter; a missing one raises KeyError: a bug of ours."""
    told = phrases(locale, brief=brief)
    blanks = dict(params)
    if "number" in blanks:
        blanks["tail"] = tail(blanks["number"])
    if "unit" in blanks:
        blanks["unit"] = city.units.get(blanks["unit"], blanks["unit"])
    for day in {"due", "until"} & blanks.keys():
        blanks[day] = day_words(told, date.fromisoformat(blanks[day]))
    if "why" in blanks:
        blanks["why"] = told(f"why.{blanks['why']}")
    if brief and key in ASKS and "reply" in blanks:
        blanks["reply"] = blanks["reply"].rstrip("。") + "。"
    if "checked" in blanks:
        blanks["basis"] = told("consult.source" if blanks["source"] else "consult.source_plain", **blanks)
    text = told(key, **blanks)
    if key in ASKS and not brief:
        return Say(text, first_choices(told, blanks["number"]))
    return Say(text)


def standing(one: TicketView, *, locale: str, city: City) -> str:
    """Where a ticket stands, in words, for whoever looks it up."""
    told = phrases(locale)
    return progress.standing(told, lambda at: day_words(told, city.calendar.local(at)), one)
