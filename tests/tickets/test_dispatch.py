"""Units, categories, districts and who is first responsible, in the demonstration city and in broken files."""

from __future__ import annotations

from pathlib import Path

import pytest

import bot
from tickets.categories import load_categories
from tickets.dispatch import load_catalogue, suggest
from tickets.orders import Post
from tickets.places import load_districts
from tickets.sheet import SheetError
from tickets.units import Kind, load_directory

CITY = Path(bot.__file__).parent / "demo" / "city"
DIRECTORY = load_directory(CITY / "units.yaml")
CATALOGUE = load_catalogue(CITY / "catalogue.yaml", DIRECTORY)
CATEGORIES = load_categories(CITY / "categories.yaml")
DISTRICTS = load_districts(CITY / "districts.yaml")


def leads(category: str, district: str) -> list[str]:
    return [one.unit for one in suggest(DIRECTORY, CATALOGUE, category=category, district=district)]


def test_every_district_has_its_government() -> None:
    assert len(DISTRICTS) == 12
    for district in DISTRICTS:
        government = DIRECTORY.government(district.code)
        assert government is not None
        assert government.kind is Kind.DISTRICT
        assert district.name in government.name


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


def test_no_name_of_a_place_means_two_districts() -> None:
    names = [name for one in DISTRICTS for name in (one.name, *one.aliases, *one.streets)]
    assert len(names) == len(set(names))


def test_every_category_finds_a_unit_that_exists_in_every_district() -> None:
    assert len({code[:2] for code in CATEGORIES}) == 16
    for category in CATEGORIES:
        for district in DISTRICTS:
            found = suggest(DIRECTORY, CATALOGUE, category=category, district=district.code)
            assert 1 <= len(found) <= 3, category
            assert all(one.unit in DIRECTORY and one.reason for one in found)
            assert len({one.unit for one in found}) == len(found), category
            assert all(one.unit not in one.co for one in found)


@pytest.mark.parametrize(
    ("category", "lead"),
    [("0106", "D04"), ("0401", "E01"), ("0402", "E02"), ("0403", "E03"), ("0404", "V02"), ("0701", "M08")],
)
def test_classic_matters_go_to_the_right_unit_first(category: str, lead: str) -> None:
    assert leads(category, "04")[0] == lead


def test_the_unclear_goes_to_the_district_and_nowhere_without_one() -> None:
    assert leads("9999", "04") == ["D04"]
    assert leads("9999", "") == []


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("- {code: A, name: 甲, kind: X}", "write one of D, M, V, E, P"),
        ("- {code: A, name: 甲, kind: M, phone: '1'}", "did you mean duty_phone"),
        ("- {code: A, name: 甲, kind: M}\n- {code: A, name: 乙, kind: M}", "given twice"),
        ("- {code: A, name: 甲, kind: M, parent: B}", "parent B is not in the directory"),
        ("- {code: 12, name: 甲, kind: M}", "in quotes"),
    ],
)
def test_a_broken_directory_says_what_to_write(tmp_path: Path, text: str, cure: str) -> None:
    path = tmp_path / "units.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(SheetError, match=cure):
        load_directory(path)


@pytest.mark.parametrize(
    ("text", "cure"),
    [('"0106": 油烟', 'add "0100"'), ('"01": 城管', "four digits"), ("0106: 油烟", "in quotes")],
)
def test_broken_categories_say_what_to_write(tmp_path: Path, text: str, cure: str) -> None:
    path = tmp_path / "categories.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(SheetError, match=cure):
        load_categories(path)


def test_a_catalogue_row_for_an_unknown_unit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.yaml"
    path.write_text('- {category: "0100", lead: X99}', "utf-8")
    with pytest.raises(SheetError, match=r"0100: the unit X99 is not in units\.yaml"):
        load_catalogue(path, DIRECTORY)
