"""A city's calendar.yaml: every notice since 2007, hours by season and unit, closures, and mistakes with their cure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from tickets.limits.calendar import SHANGHAI, Calendar
from tickets.limits.calendar_sheet import Sheet, load_calendar
from tickets.limits.deadlines import add
from tickets.limits.duration import Duration
from tickets.sheet import SheetError, read
from tickets.units import Directory, Kind, Unit

NOTICES = Path(__file__).with_name("state_council.yaml")
SHEET = """
hours: ["08:30-12:00", "13:30-17:30"]
seasons:
  - {days: "06-01..09-30", hours: ["08:30-12:00", "14:00-18:00"]}
notices:
  - {year: 2031, source: 国办发明电, holidays: ["2031-01-01..2031-01-03"], makeup: ["2031-01-04"]}
closures:
  - {days: ["2026-08-12"], reason: 台风}
  - {days: ["2026-08-15"], reason: 补班, worked: true}
units:
  E02: {hours: ["00:00-12:00", "12:01-23:59"], days_off: true}
  M03: {hours: ["09:00-16:00"]}
"""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def sheet(folder: Path, text: str = SHEET) -> Calendar:
    path = folder / "calendar.yaml"
    path.write_text(text, "utf-8")
    return load_calendar(path)


def disagreements(text: str) -> list[date]:
    """Days of 2007 to 2026 on which the notices, read as they stand, and the calendar do not say the same."""
    notices = read(Sheet, text, source="notices").notices
    off = {day for notice in notices for span in notice.holidays for day in span}
    worked = {day for notice in notices for span in notice.makeup for day in span}
    days = (date(2007, 1, 1) + timedelta(days=n) for n in range((date(2027, 1, 1) - date(2007, 1, 1)).days))
    library = Calendar()
    return [day for day in days if library.is_workday(day) != (day in worked or (day.weekday() < 5 and day not in off))]


def test_every_notice_since_2007_is_known_day_by_day() -> None:
    text = NOTICES.read_text("utf-8")
    assert disagreements(text) == []
    assert not any(Calendar().uncertain(year) for year in range(2007, 2027))
    # The comparison can fail: with one make-up day of 2026 forgotten it does.
    assert disagreements(text.replace('"2026-09-20", ', "")) == [date(2026, 9, 20)]


def test_hours_change_with_the_season_and_the_unit(tmp_path: Path) -> None:
    city = sheet(tmp_path)
    four = Duration.parse("4wh")
    assert add(city, at("2026-09-18 10:00"), four) == at("2026-09-18 16:00")  # summer: from 14:00
    assert add(city, at("2026-10-12 10:00"), four) == at("2026-10-12 15:30")
    assert add(city.of("M03"), at("2026-10-12 15:00"), four) == at("2026-10-13 12:00")
    assert add(city.of("E02"), at("2026-10-03 22:00"), four) == at("2026-10-04 02:01")  # a holiday, and no pause
    assert city.of("D04") is city


def test_closures_win_and_an_entered_notice_makes_its_year_certain(tmp_path: Path) -> None:
    city = sheet(tmp_path)
    assert not city.is_workday(date(2026, 8, 12))
    assert city.is_workday(date(2026, 8, 15))
    assert (city.uncertain(2031), Calendar().uncertain(2031)) == (False, True)
    assert city.is_workday(date(2031, 1, 4))


def test_a_season_may_run_over_new_year(tmp_path: Path) -> None:
    winter = sheet(tmp_path, 'seasons: [{days: "11-01..02-28", hours: ["09:00-16:30"]}]')
    assert [winter.hours_on(date(2026, month, 15)).spans[0][0].hour for month in (12, 1, 3)] == [9, 9, 8]


def test_a_missing_notice_is_a_worry_from_november_on() -> None:
    known = load_calendar(NOTICES)
    assert known.unannounced(date(2026, 10, 31)) == ()
    assert known.unannounced(date(2030, 6, 1)) == (2030,)
    assert Calendar(announced=[2030]).unannounced(date(2030, 12, 1)) == (2031,)


@pytest.mark.parametrize(
    ("right", "wrong", "key", "cure"),
    [
        ('"13:30-17:30"', '"1:30-5"', "hours[1]", "08:30-12:00"),
        ('"13:30-17:30"', '"11:30-17:30"', "hours", "each later than the one before"),
        ("06-01..09-30", "06-01..09-31", "seasons[0].days", "day is out of range"),
        ("2031-01-01..2031-01-03", "2031-01-03..2031-01-01", "notices[0].holidays[0]", "after the first"),
        ('makeup: ["2031-01-04"]', 'makeup: ["2031-01-03"]', "notices[0].makeup", "both as off and as worked"),
        ("year: 2031", "year: 2033", "notices[0].holidays", "is not a day of 2033"),
        ("reason: 台风", "raeson: 台风", "closures[0].raeson", "did you mean reason"),
    ],
)
def test_mistakes_name_key_and_cure(tmp_path: Path, right: str, wrong: str, key: str, cure: str) -> None:
    assert right in SHEET
    with pytest.raises(SheetError) as caught:
        sheet(tmp_path, SHEET.replace(right, wrong))
    assert (caught.value.key, cure in str(caught.value)) == (key, True), str(caught.value)


def test_units_must_exist(tmp_path: Path) -> None:
    path = tmp_path / "calendar.yaml"
    path.write_text(SHEET, "utf-8")
    with pytest.raises(SheetError, match=r"units\.M03: this unit is not in units\.yaml"):
        load_calendar(path, Directory((Unit(code="E02", name="燃气", kind=Kind.ENTERPRISE),)))
