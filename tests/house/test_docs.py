"""The pages that are written from the code say what the code says."""

from __future__ import annotations

from pathlib import Path

from bot.outbox import notices_doc
from bot.settings import reference
from tickets import lifecycle_doc
from tickets.privacy import access_doc

ROOT = Path(__file__).parents[2]


def test_the_readme_lists_every_setting() -> None:
    assert "\n".join(reference.lines()) in (ROOT / "README.md").read_text("utf-8")


def test_the_life_cycle_page_is_fresh() -> None:
    assert (ROOT / "docs" / "lifecycle.md").read_text("utf-8") == "\n".join(lifecycle_doc.lines()) + "\n"


def test_the_page_of_rights_is_fresh() -> None:
    assert (ROOT / "docs" / "access.md").read_text("utf-8") == "\n".join(access_doc.lines()) + "\n"


def test_the_page_of_notices_is_what_the_planner_does() -> None:
    assert (ROOT / "docs" / "notices.md").read_text("utf-8") == "\n".join(notices_doc.lines()) + "\n"
