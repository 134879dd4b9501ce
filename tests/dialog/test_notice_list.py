"""The list of notices a template may be wanted for is the list of what is really sent."""

from __future__ import annotations

import re
from pathlib import Path

from bot.outbox.planner import LIGHT, RESULTS
from dialog.notices import NOTICES, certain, readable
from dialog.phrases import phrases
from tests.dialog.talk import city

ROOT = Path(__file__).parents[2]
IN_A_TALK = {"draft.expired"}
"""Told only to who was writing a moment ago."""


def test_every_notice_of_the_sources_is_listed() -> None:
    known = set(phrases("zh_CN"))
    sources = [path for folder in ("tickets", "bot") for path in (ROOT / folder).rglob("*.py")]
    named = {
        key
        for path in sources
        for key in re.findall(r'"((?:ticket|survey|draft|knowledge)\.[a-z_]+)"', path.read_text("utf-8"))
    }
    assert named & known == set(NOTICES) | LIGHT | IN_A_TALK
    assert set(NOTICES) >= RESULTS


def test_what_a_notice_always_has() -> None:
    assert certain("ticket.accepted") == {"number", "due"}
    assert certain("ticket.dispatched") == {"number", "unit", "due"}
    assert certain("no.such") == frozenset()


def test_a_template_shows_words_and_not_our_codes() -> None:
    unit = next(iter(city().units))
    shown = readable({"unit": unit, "why": "panel", "due": "2026-09-24"}, locale="zh_CN", city=city())
    assert shown == {"unit": city().units[unit], "why": "会商确定了承办单位", "due": "2026-09-24"}
