"""The dispatch catalogue: the most particular row holds, versions follow their days, broken rows say what to write."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.tickets.city import CATALOGUE, CATEGORIES, CITY, DIRECTORY, DISTRICTS, KNOWN, TODAY, case, suggest
from tickets.categories import load_categories
from tickets.dispatch.case import load_concerns
from tickets.dispatch.catalogue import Catalogue, Rule, load_catalogue
from tickets.sheet import SheetError


def test_every_category_finds_a_unit_that_exists_in_every_district() -> None:
    assert len({code[:2] for code in CATEGORIES}) == 16
    for category in CATEGORIES:
        for district in DISTRICTS:
            found = suggest(category, district=district.code)
            assert 1 <= len(found) <= 3, category
            assert all(one.unit in DIRECTORY and one.reason for one in found)
            assert len({one.unit for one in found}) == len(found), category
            assert all(one.unit not in one.co for one in found)
            assert found[0].named, category


@pytest.mark.parametrize(
    ("category", "lead"),
    [("0106", "D04"), ("0401", "E01"), ("0402", "E02"), ("0403", "E03"), ("0404", "V02"), ("0701", "M08")],
)
def test_classic_matters_go_to_the_right_unit_first(category: str, lead: str) -> None:
    assert suggest(category)[0].unit == lead


def test_the_unclear_goes_to_the_district_and_nowhere_without_one() -> None:
    assert [one.unit for one in suggest("9999")] == ["D04"]
    assert suggest("9999", district="") == ()


def test_a_row_of_a_street_comes_before_its_district_and_that_before_the_city() -> None:
    assert suggest("0103", "药山街道有人占道摆摊")[0].unit == "M17"
    assert suggest("0103", "北园大街有人占道摆摊")[0].unit == "D04"
    assert (suggest("0201", district="12")[0].unit, suggest("0201", district="11")[0].unit) == ("D12", "E04")


def test_a_matter_changes_hands_on_its_day() -> None:
    assert suggest("1503", day=date(2026, 6, 30))[0].unit == "M27"
    assert suggest("1503", day=date(2026, 7, 1))[0].unit == "P08"


def test_the_newest_version_that_has_begun_holds_and_an_ended_one_wakes_no_older() -> None:
    catalogue = Catalogue([Rule(category="0601", lead="D04")])
    catalogue.put(1, Rule(category="0601", lead="M01", valid_from=date(2026, 9, 1), valid_to=date(2026, 9, 30)))
    catalogue.put(2, Rule(category="0601", lead="M06", valid_from=date(2026, 11, 1)))
    catalogue.put(2, Rule(category="0601", lead="M06", valid_from=date(2026, 11, 1)))
    holds = {
        day: (rule := catalogue.find(case("0601", day=day))) and rule.lead
        for day in (date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 30), date(2026, 10, 1), date(2026, 11, 1))
    }
    assert list(holds.values()) == ["D04", "M01", "M01", None, "M06"]
    assert (catalogue.number, len(list(catalogue))) == (2, 3)
    assert [rule.lead for rule in catalogue.on(TODAY)] == ["M01"]


def test_what_concerns_comes_before_where() -> None:
    catalogue = Catalogue(
        [
            Rule(category="0601", lead="D04", district="04"),
            Rule(category="0601", lead="M06", concern="site"),
            Rule(category="0600", lead="M01", concern="dance"),
        ]
    )
    assert [rule.lead for text in ("工地", "路口", "广场舞") if (rule := catalogue.find(case("0601", text)))] == [
        "M06",
        "D04",
        "D04",
    ], "the exact category comes first of all"


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ('- {category: "0100", lead: X99}', r"0100: the unit X99 is not in units\.yaml"),
        ('- {category: "0100", lead: M03, co: [X99]}', r"the unit X99 is not in units\.yaml"),
        ('- {category: "7777", lead: M03}', r"category 7777 is not in categories\.yaml"),
        ('- {category: "0100", district: "77", lead: M03}', r"district 77 is not in districts\.yaml"),
        ('- {category: "0100", concern: ufo, lead: M03}', r"concern ufo is not in concerns\.yaml"),
        ('- {category: "0100", street: 药山街道, lead: M03}', "needs the district it lies in"),
        ('- {category: "0100", lead: M03, co: [M03]}', "cannot be its own co-organiser"),
        ('- {category: "0100", lead: M03, valid_from: 2026-02-01, valid_to: 2026-01-01}', "before valid_from"),
        ('- {category: "0100", lead: M27, valid_from: 2026-07-01}', "M27 ended on 2026-06-30"),
        ('- {category: "0100", lead: D04S1, department_only: true}', "must not go to one"),
        ('- {category: "0100", lead: M03}\n- {category: "0100", lead: M04}', "two rows for this hold at one time"),
    ],
)
def test_a_broken_row_says_what_to_write(tmp_path: Path, text: str, cure: str) -> None:
    path = tmp_path / "catalogue.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(SheetError, match=cure):
        load_catalogue(path, KNOWN)


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("- {code: a, name: 甲, words: []}", "write the words"),
        ("- {code: a, name: 甲, words: [甲]}\n- {code: a, name: 乙, words: [乙]}", "given twice"),
    ],
)
def test_broken_concerns_say_what_to_write(tmp_path: Path, text: str, cure: str) -> None:
    path = tmp_path / "concerns.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(SheetError, match=cure):
        load_concerns(path)


@pytest.mark.parametrize(
    ("text", "cure"),
    [('"0106": 油烟', 'add "0100"'), ('"01": 城管', "four digits"), ("0106: 油烟", "in quotes")],
)
def test_broken_categories_say_what_to_write(tmp_path: Path, text: str, cure: str) -> None:
    path = tmp_path / "categories.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(SheetError, match=cure):
        load_categories(path)


def test_the_citys_file_uses_every_concern_it_tells_apart() -> None:
    asked = {version.rule.concern for version in CATALOGUE}
    assert {one.code for one in load_concerns(CITY / "concerns.yaml")} - asked == {"carriageway"}
