"""Policy files: every mistake names file, key and cure; versions follow their dates; cards fall on the right day."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import pytest

from tickets.appeal import AppealType, Reason, Urgency
from tickets.clocks.cards import Mark
from tickets.limits.calendar import SHANGHAI, Calendar
from tickets.limits.duration import Duration
from tickets.policy import PACKAGED, Policies, Policy, load_policies, load_policy
from tickets.rules.provisions import Step
from tickets.sheet import SheetError, read

TEXT = (PACKAGED / "cn-jinan-like@1.yaml").read_text("utf-8")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_the_default_policy(policy: Policy) -> None:
    assert policy.id == "cn-jinan-like@1"
    assert policy.limits[AppealType.HELP].at(Urgency.CRITICAL) == Duration.parse("2h")
    assert policy.limits[AppealType.SUGGEST].at(Urgency.CRITICAL) == Duration.parse("10wd")
    assert policy.steps[Step.SIGN].at(Urgency.URGENT) == Duration.parse("1h")
    assert policy.quiet.start == time(22)
    assert Reason.POLICY not in policy.redo.reasons
    assert policy.count.closing is None


def test_every_number_says_where_it_comes_from() -> None:
    for line in TEXT.splitlines():
        if any(char.isdigit() for char in line.split("#")[0]) and not line.startswith(
            ("#", "version", "effective", "source")
        ):
            assert "#" in line, line


@pytest.mark.parametrize(
    ("right", "wrong", "key", "cure"),
    [
        ("normal: 5wd, complex", "normal: 5w, complex", "limits.complaint.normal", "for example 5wd"),
        ("attempts: 3 ", "attemps: 3 ", "callback.attemps", "did you mean attempts"),
        ("attempts: 3 ", "attempts: two ", "callback.attempts", "whole number"),
        ("auto: true", "auto: 'true'", "redo.auto", "true or false"),
        ('start: "22:00"', "start: 22:00", "quiet.start", "in quotes"),
        ("effective_from: 2026-01-01", "effective_from: soon", "effective_from", "2026-01-31"),
        ("  help: {", "  hilfe: {", "limits.hilfe", "consult, help"),
        ("urge: {interval: 24h}", "", "urge", "missing"),
        ("by: dispatcher", "by: boss", "extension.first.by", "dispatcher"),
        ("yellow: 80%", "yellow: often", "cards.urgent.yellow", "80%"),
        ("[what, where]", "what", "accept.essential", "write a list"),
        ("urge: {interval: 24h}", "urge: 24h", "urge", "keys and values"),
        ("version: 1", "version: 1\nversion: 2", "", "written twice"),
        (
            "help: {normal: 5wd, urgent: 24h",
            "help: {normal: 5wd, urgent: 200h",
            "limits.help",
            "the more urgent, the shorter",
        ),
        ("attempts: 3 ", "attempts: 0 ", "callback", "attempts is at least 1"),
        ("attempts: 3 ", "attempts: 4 ", "callback", "at most the number of slots, 3"),
        ('"12:00-14:00"', '"11:00-14:00"', "callback", "none inside another"),
        ('"12:00-14:00"', '"14:00-12:00"', "callback.slots[1]", "the earlier time first"),
        ('"12:00-14:00"', '"noon"', "callback.slots[1]", "for example"),
        ('"18:30-20:30"', '"18:30-22:30"', "", "outside the quiet hours"),
        ('start: "22:00", end: "07:00"', 'start: "12:30", end: "13:30"', "", "outside the quiet hours"),
        ("percent: 10 ", "percent: 110 ", "callback.phone", "from 0 to 100"),
        ("normal: {yellow: -1wd, red: +1wd}", "normal: {yellow: +2wd, red: +1wd}", "cards.normal", "before the red"),
        ("first: {cap: 5wd", "first: {cap: 5d", "extension", "in working days"),
        ("first: {cap: 5wd", "first: {cap: 15wd", "extension", "longer than all together, 10wd"),
        ("max_per_unit: 1", "max_per_unit: 0", "return", "max_per_unit is at least 1"),
        ("{liaison: 2wd, deputy_head: 4wd}", "{liaison: 4wd, deputy_head: 4wd}", "silence", "before the deputy head"),
        ("{liaison: 2wd, deputy_head: 4wd}", "{liaison: 2d, deputy_head: 4d}", "silence", "in working days"),
        ("written: +3wd", "written: +6wd", "supervision", "before the joint one"),
        ("remind: [50%, 80%]", "remind: [50%, 180%]", "supervision", "[50%, 80%]"),
        ("critical: 80%}  # PROP: ready", "critcal: 80%}  # PROP: ready", "co.due.critcal", "normal, urgent, critical"),
        ("archive: {after: 365d}", "archiv: {after: 365d}", "archiv", "did you mean archive"),
        ("catalogue: 90", "catalogue: 100", "dispatch.weights", "from 0 to 99"),
        ("confidence: 90 ", "confidence: 0 ", "dispatch", "from 1 to 100"),
        ("half_life: 180d", "half_life: 0d", "dispatch", "at least one day"),
        ("version: 1", "version: [1", "", "not readable as YAML"),
    ],
)
def test_mistakes_name_file_key_and_cure(right: str, wrong: str, key: str, cure: str) -> None:
    assert right in TEXT
    with pytest.raises(SheetError) as caught:
        read(Policy, TEXT.replace(right, wrong), source="city.yaml")
    assert caught.value.key == key
    assert str(caught.value).startswith("city.yaml: ")
    assert cure in str(caught.value)


def test_a_missing_line_of_a_table_is_named() -> None:
    line = next(line for line in TEXT.splitlines() if line.startswith("  praise:"))
    with pytest.raises(SheetError, match="limits must have a line for each kind; add praise"):
        read(Policy, TEXT.replace(line, ""), source="city.yaml")


def city(folder: Path, version: int, start: str) -> None:
    text = TEXT.replace("name: cn-jinan-like", "name: quancheng").replace("version: 1", f"version: {version}")
    text = text.replace("effective_from: 2026-01-01", f"effective_from: {start}")
    (folder / f"quancheng@{version}.yaml").write_text(text, "utf-8")


def test_versions_follow_their_dates(tmp_path: Path) -> None:
    city(tmp_path, 1, "2026-01-01")
    city(tmp_path, 2, "2026-07-01")
    policies: Policies = load_policies("quancheng", tmp_path)
    assert policies.at(date(2026, 6, 30)).id == "quancheng@1"
    assert policies.at(date(2026, 7, 1)).id == "quancheng@2"
    assert policies.get("cn-jinan-like@1").name == "cn-jinan-like"
    with pytest.raises(LookupError, match="in force"):
        policies.at(date(2025, 12, 31))
    with pytest.raises(LookupError, match="put it back"):
        policies.get("quancheng@3")


def test_unknown_names_and_misnamed_files(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="known are cn-jinan-like, demo"):
        load_policies("nowhere")
    city(tmp_path, 1, "2026-01-01")
    wrong = (tmp_path / "quancheng@1.yaml").rename(tmp_path / "other@1.yaml")
    with pytest.raises(SheetError, match=r"must be called quancheng@1\.yaml"):
        load_policy(wrong)


def test_the_demo_differs_only_in_what_a_newcomer_should_see(policies: Policies) -> None:
    demo, real = policies.get("demo@1"), policies.get("cn-jinan-like@1")
    assert (demo.limits, demo.steps, demo.redo, demo.cards) == (real.limits, real.steps, real.redo, real.cards)
    assert str(demo.callback.ask_after.normal) == "20s"


@pytest.mark.parametrize(
    ("mark", "due", "card"),
    [
        ("-1wd", "2026-09-24 23:59:59", "2026-09-24 00:00"),
        ("-2wd", "2026-09-24 23:59:59", "2026-09-23 00:00"),
        ("+1wd", "2026-09-24 23:59:59", "2026-09-28 00:00"),  # 25-27 September are holidays
        ("-1wd", "2026-09-26 10:00", "2026-09-24 00:00"),
        ("80%", "2026-09-19 10:00", "2026-09-19 05:12"),
        ("100%", "2026-09-19 10:00", "2026-09-19 10:00"),
    ],
)
def test_cards(calendar: Calendar, mark: str, due: str, card: str) -> None:
    assert Mark.parse(mark).at(calendar, start=at("2026-09-18 10:00"), due=at(due)) == at(card)
