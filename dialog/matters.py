"""What an appeal is about (内容分类) and of what type it is (诉求类型), by the clerk's tables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from dialog.lexicon import Lexicon, alternation, rules
from tickets.appeal import AppealType

OTHER = "1699"
_A_QUESTION = 24
"""Longer texts tell a story, whatever they ask in it."""
_ASKS_HOW = re.compile(
    r"请问|咨询|怎么(?:投诉|举报|办理|申请|处理)|如何|吗[?？]?$|什么(?:规定|条件|材料|政策|时候)|电话"
)


@dataclass(frozen=True, slots=True)
class Matter:
    """A row of ``rules/matters.yaml``: the category and a clerk's words for it."""

    category: str = OTHER
    thing: str = ""
    who: str = ""
    harm: str = ""
    title: str = ""
    wanted: str = ""
    type: str = ""
    urgent: bool = False
    still: str = ""
    """How it is asked whether it is still, or again, wrong."""


@cache
def _rows() -> Mapping[Matter, Sequence[str]]:
    """The table in its order: each row and the words that speak of it."""
    table: dict[Matter, list[str]] = {}
    for row in rules("matters"):
        facts = dict(row)
        words = facts.pop("words")
        table.setdefault(Matter(**facts), []).extend(words)
    return table


@cache
def _lexicon() -> Lexicon[Matter]:
    return Lexicon(_rows())


@cache
def by_category(category: str) -> Matter:
    """The first row of a category, or an empty one."""
    return next((row for row in _rows() if row.category == category), Matter())


@cache
def _type(name: str) -> re.Pattern[str]:
    return re.compile(alternation(rules("types")[name]))


def matter_of(text: str) -> Matter:
    """The row whose words come first in the table among those in folded ``text``."""
    found = set(_lexicon().all(text))
    return next((row for row in _rows() if row in found), Matter()) if found else Matter()


def type_of(text: str, matter: Matter) -> AppealType | None:
    """The type folded ``text`` speaks, None where it says nothing either way."""
    for name in (AppealType.REPORT, AppealType.PRAISE, AppealType.SUGGEST):
        if _type(name).search(text):
            return name
    asks, complains = _type(AppealType.CONSULT).search(text), _type(AppealType.COMPLAINT).search(text)
    if complains and not _asks_only(text):
        return AppealType.COMPLAINT
    if _type(AppealType.HELP).search(text) and not asks:
        return AppealType.COMPLAINT if matter.type == AppealType.COMPLAINT else AppealType.HELP
    if asks:
        return AppealType.CONSULT
    return AppealType(matter.type) if matter.type else None


def troubled(text: str) -> bool:
    """Whether folded ``text`` tells of something wrong, be it in the form of a question."""
    return bool(_type(AppealType.HELP).search(text) or _type(AppealType.COMPLAINT).search(text))


def _asks_only(text: str) -> bool:
    """ "乱停车怎么举报" asks how; "楼下天天乱停车怎么没人管" complains."""
    return len(text) <= _A_QUESTION and bool(_ASKS_HOW.search(text))
