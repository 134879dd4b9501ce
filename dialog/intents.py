"""What a message begins: commands, greetings, yes and no, found by tables of words, never by guessing."""

from __future__ import annotations

import re
from functools import cache

from dialog.lexicon import alternation, rules

BEGINS = (
    "claim", "bind", "unbind", "only_here", "elsewhere", "opt_out", "opt_in", "menu", "greet", "thanks", "rerate",
    "different", "restore", "withdraw", "object", "urge", "supplement", "progress", "report", "consult", "resume",
    "who_saw", "export", "erase",
)  # fmt: skip
"""Intents that begin a flow, in the order they are looked for."""
_ANSWERS = ("no", "yes", "unclear", "submit", "cancel", "resume", "restart")
_SECRECY = {"保密", "可联系", "不保密", "匿名", "没有 可联系", "没有保密", "没有,保密", "没有,可联系"}
_AFTER_LEAD = re.compile(r"^[\s:：,，。#+]*")


@cache
def _exact(name: str) -> frozenset[str]:
    return frozenset(rules("intents")[name].get("exact", ()))


@cache
def _find(name: str) -> re.Pattern[str]:
    return re.compile(alternation(rules("intents")[name].get("find", ())))


@cache
def _lead(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{alternation(rules('intents')[name].get('lead', ()))})")


def bare(text: str) -> str:
    """Folded text without the marks around it."""
    return text.strip(" ,.!?;:~、，。！？；：“”\"'…") or text


def heard(name: str, text: str) -> bool:
    """Whether folded ``text`` says ``name``."""
    return (
        bare(text) in _exact(name) or text in _exact(name) or bool(_find(name).search(text) or _lead(name).match(text))
    )


def said_whole(name: str, text: str) -> bool:
    """Whether folded ``text`` says ``name`` and nothing else."""
    return bare(text) in _exact(name) or text in _exact(name)


def only_an_answer(text: str) -> bool:
    """Whether folded ``text`` is a command for a report or an answer to a question of ours, and tells nothing itself."""
    return bare(text) in _SECRECY or any(said_whole(name, text) for name in _ANSWERS)


def after_lead(name: str, text: str) -> str:
    """What follows the command word: "cx 0217" -> "0217"; the whole text where no command word leads it."""
    found = _lead(name).match(text)
    return _AFTER_LEAD.sub("", text[found.end() :]) if found else text


@cache
def _any() -> tuple[frozenset[str], re.Pattern[str]]:
    """All that begins anything, in one look: most messages begin nothing."""
    tables = [rules("intents")[name] for name in BEGINS]
    exact = frozenset(word for table in tables for word in table.get("exact", ()))
    words = [word for table in tables for kind in ("find", "lead") for word in table.get(kind, ())]
    return exact, re.compile(alternation(words))


def begun(text: str) -> str:
    """The intent folded ``text`` begins, "" for none."""
    exact, pattern = _any()
    if text not in exact and bare(text) not in exact and not pattern.search(text):
        return ""
    return next((name for name in BEGINS if heard(name, text)), "")
