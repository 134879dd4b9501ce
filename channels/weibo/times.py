"""Reads Weibo's times, "Mon Jul 16 18:09:20 +0800 2012", in whatever language the process runs."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from channels.payload import Payload

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1
    )
}
_FORM = re.compile(
    r"[A-Z][a-z]{2} (?P<month>[A-Z][a-z]{2}) (?P<day>[0-9]{1,2}) (?P<clock>[0-9]{2}:[0-9]{2}:[0-9]{2}) "
    r"(?P<sign>[+-])(?P<hours>[0-9]{2})(?P<minutes>[0-9]{2}) (?P<year>[0-9]{4})"
)


def read_time(part: Payload) -> datetime:
    """The moment, in UTC. Raises Malformed."""
    found = _FORM.fullmatch(part.text(limit=40))
    # A moment of the year 9999 has no name on a clock east of Greenwich.
    if found is None or found["month"] not in _MONTHS or not 1970 <= int(found["year"]) < 9999:
        raise part.refuse('is not a time like "Mon Jul 16 18:09:20 +0800 2012"')
    hour, minute, second = map(int, found["clock"].split(":"))
    offset = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"]))
    try:
        zone = timezone(-offset if found["sign"] == "-" else offset)
        there = datetime(
            int(found["year"]), _MONTHS[found["month"]], int(found["day"]), hour, minute, second, tzinfo=zone
        )
        return there.astimezone(UTC)
    except (ValueError, OverflowError):
        raise part.refuse("is no day of the calendar") from None
