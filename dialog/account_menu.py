"""The menu of an account (公众号菜单): a tap says words for the citizen, and leads where they would lead."""

from __future__ import annotations

from channels.account import MenuEntry
from dialog.intents import begun, heard
from dialog.lexicon import fold
from dialog.phrases import phrases

_WORDS = {"report": "反映问题", "consult": "咨询", "progress": "查询", "human": "人工"}
"""What keys written as names say."""
_DEFAULT: tuple[tuple[str, str | tuple[tuple[str, str], ...]], ...] = (
    ("report", "反映问题"),
    ("track", (("progress", "查询"), ("urge", "催办"), ("supplement", "补充"), ("withdraw", "撤单"))),
    ("service", (("consult", "咨询"), ("human", "人工"))),
)
"""Name of the phrase, and the key or the entries below."""


def default_menu(locale: str = "zh_CN") -> tuple[MenuEntry, ...]:
    """The menu of a city that wrote none."""
    told = phrases(locale)

    def entry(name: str, key: str) -> MenuEntry:
        return MenuEntry(told(f"account_menu.{name}"), key=key)

    return tuple(
        entry(name, what)
        if isinstance(what, str)
        else MenuEntry(told(f"account_menu.{name}"), entries=tuple(entry(*below) for below in what))
        for name, what in _DEFAULT
    )


def spoken(key: str) -> str:
    """The words a tap on ``key`` says, folded."""
    return fold(_WORDS.get(key, key))


def leads(key: str) -> str:
    """The intent a tap on ``key`` begins, "" where it leads nowhere."""
    words = spoken(key)
    return "human" if heard("human", words) else begun(words)
