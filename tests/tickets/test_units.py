"""The directory: areas, levels, days in force, and broken files that say what to write."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.tickets.city import CODES, DIRECTORY, DISTRICTS
from tickets.orders import Post
from tickets.sheet import SheetError
from tickets.units import Kind, Secrecy, load_directory


def test_every_district_has_its_government_and_street_offices_below() -> None:
    assert len(DISTRICTS) == 12
    for district in DISTRICTS:
        government = DIRECTORY.government(district.code)
        assert government is not None
        assert government.kind is Kind.DISTRICT
        assert district.name in government.name
        below = DIRECTORY.below(government.code)
        assert {unit.level for unit in below} == {3}
        assert any(unit.is_street for unit in below)


def test_no_name_of_a_place_means_two_districts() -> None:
    names = [name for one in DISTRICTS for name in (one.name, *one.aliases, *one.streets)]
    assert len(names) == len(set(names))


def test_every_unit_has_a_duty_line_and_quotes_a_clause() -> None:
    for unit in DIRECTORY:
        assert unit.phone(working=True), unit.code
        assert unit.phone(working=False), unit.code
        assert unit.clause, unit.code
        assert unit.duty, unit.code
        assert unit.ranking, unit.code


def test_a_street_is_found_by_its_name_in_its_own_district_alone() -> None:
    found = DIRECTORY.street("04", "天桥区药山街道滨河小区3号楼")
    assert found is not None
    assert (found.parent, found.is_street) == ("D04", True)
    assert DIRECTORY.street("05", "天桥区药山街道滨河小区3号楼") is None
    assert DIRECTORY.street("04", "天桥区") is None


def test_a_unit_is_called_by_any_of_its_names() -> None:
    for name in ("M02", "泉城市公安局交警支队", "交警支队", "市交警支队", "交警"):
        found = DIRECTORY.named(name)
        assert found is not None, name
        assert found.code == "M02"
    assert DIRECTORY.named("没有这个单位") is None


def test_a_unit_that_ended_stays_readable_and_its_successor_begins_the_day_after() -> None:
    last, first = date(2026, 6, 30), date(2026, 7, 1)
    assert {unit.code for unit in DIRECTORY.on(last)} - {unit.code for unit in DIRECTORY.on(first)} == {"M27"}
    assert {unit.code for unit in DIRECTORY.on(first)} - {unit.code for unit in DIRECTORY.on(last)} == {"P08"}
    ended = DIRECTORY.get("M27")
    assert ended is not None
    assert ended.short == "市地方金融局"


def test_a_unit_covers_its_own_area_and_one_without_any_the_whole_city() -> None:
    district, bureau = DIRECTORY.get("D04"), DIRECTORY.get("M06")
    assert district is not None
    assert bureau is not None
    assert (district.covers("04"), district.covers("05"), bureau.covers("05")) == (True, False, True)
    sealed = [unit.code for unit in DIRECTORY if unit.secrecy is Secrecy.SEALED]
    assert sealed == ["P01"]


GOVERNMENT = '- {code: A, name: 甲区, kind: D, region: "01"}\n'


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("- {code: A, name: 甲, kind: X}", "write one of D, M, V, E, P"),
        ("- {code: A, name: 甲, kind: M, phone: '1'}", "did you mean duty_phone"),
        ("- {code: A, name: 甲, kind: M}\n- {code: A, name: 乙, kind: M}", "given twice"),
        ("- {code: A, name: 甲, kind: M, parent: B}", "parent B is not in the directory"),
        ("- {code: 12, name: 甲, kind: M}", "in quotes"),
        ("- {code: A, name: 甲, kind: M, level: 3}", "level 3 needs the parent"),
        (GOVERNMENT + "- {code: B, name: 乙, kind: D, parent: A}", r"below A \(level 2\) is of level 3"),
        (
            GOVERNMENT + '- {code: B, name: 乙, kind: D, parent: A, level: 3, region: "02/乙街道"}',
            "below the government",
        ),
        ('- {code: A, name: 甲区, kind: D, region: "77"}', r"district 77 is not in districts\.yaml"),
        ('- {code: A, name: 甲局, kind: M, serves: ["01", "99"]}', r"district 99 is not in districts\.yaml"),
        ("- {code: A, name: 甲, kind: M, valid_from: 2026-02-01, valid_to: 2026-01-31}", "before it begins"),
        ("- {code: A, name: 甲, kind: M, duty: 管一切}", "quoted with its clause"),
        ("- {code: A, name: 甲, kind: M}\n- {code: B, name: 乙, kind: M, aliases: [甲]}", "甲 is also A's"),
        (GOVERNMENT + '- {code: B, name: 乙区, kind: D, region: "01"}', "region 01 is also A's"),
        (
            "- {code: A, name: 甲, kind: M, valid_to: 2026-06-30}\n- {code: B, name: 甲, kind: M, valid_from: 2026-07-01}\n"
            "- {code: C, name: 甲, kind: M, valid_to: 2026-03-31}",
            "甲 is also A's",
        ),
        ("- {code: A, name: 甲, kind: M, secrecy: hidden}", "write one of open, sealed"),
    ],
)
def test_a_broken_directory_says_what_to_write(tmp_path: Path, text: str, cure: str) -> None:
    path = tmp_path / "units.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(SheetError, match=cure):
        load_directory(path, districts=CODES)


def test_two_units_may_bear_one_name_one_after_the_other(tmp_path: Path) -> None:
    path = tmp_path / "units.yaml"
    path.write_text(
        "- {code: A, name: 甲局, kind: M, valid_to: 2026-06-30}\n"
        "- {code: B, name: 甲局, kind: M, valid_from: 2026-07-01}\n",
        "utf-8",
    )
    directory = load_directory(path)
    assert [unit.code for unit in directory.on(date(2026, 7, 1))] == ["B"]


def test_the_posts_of_units_are_held_by_people_without_phones() -> None:
    for unit in DIRECTORY:
        assert {Post.LIAISON, Post.DEPUTY_HEAD, Post.HEAD} <= set(unit.posts), unit.code
        assert {one.phone for one in unit.posts.values()} == {""}, "nobody's real phone"
    for post in (Post.OFFICE, Post.INSPECTION):
        assert DIRECTORY.officer("", post), "some unit names who holds the city's own post"
    assert DIRECTORY.officer("D04C", Post.INSPECTION) is None
    assert DIRECTORY.officer("nowhere", Post.HEAD) is None


def test_officers_are_written_apart_and_their_phones_never_shown(tmp_path: Path) -> None:
    units = tmp_path / "units.yaml"
    units.write_text("- {code: E04, name: 市政养护集团, kind: E}\n", "utf-8")
    assert next(iter(load_directory(units))).posts == {}
    people = tmp_path / "officers.yaml"
    people.write_text('E04: {head: {name: 甲, phone: "13900000001"}}\n', "utf-8")
    held = load_directory(units).officer("E04", Post.HEAD)
    assert held is not None
    assert (held.name, held.phone) == ("甲", "13900000001")
    assert "139" not in repr(held)
    for wrong, says in (("E05: {}", "E05: this unit is not in the directory"), ("E04: {boss: {name: 甲}}", "liaison")):
        people.write_text(wrong + "\n", "utf-8")
        with pytest.raises(SheetError, match=says):
            load_directory(units)
