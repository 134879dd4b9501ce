"""Where an appeal happened, made comparable: keys of estates and house numbers in the words, squares on the map."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from math import asin, ceil, cos, floor, radians, sin, sqrt

from tickets.assessment.wordings import folded

_EARTH = 6_371_000
"""Metres."""
_SQUARE = 0.003
"""Side of a square in degrees: at least 200 m everywhere in China."""
_SIDE = 200
_CN = "一-龥"
_ESTATE = re.compile(
    rf"([{_CN}a-z0-9]{{2,12}}?)(花园|家园|佳园|家苑|佳苑|名苑|公寓|庄园|新村|新城|名城|大厦|广场|市场|公园|小学|中学|大学|学院"
    r"|幼儿园|医院|车站|地铁站|小区|苑)(?:小区)?"
)
_HOUSE = re.compile(rf"([{_CN}a-z0-9]{{1,10}}?(?:大街|大道|胡同|[路街巷弄]))(\d{{1,5}}(?:-\d{{1,4}})?)号(?![楼线])")
_CORNER = re.compile(rf"([{_CN}]{{1,8}}?[路街道])(?:与|和|跟|、)([{_CN}]{{1,8}}?[路街道])")
_BEFORE = re.compile(r"^.*(?:[省市县区镇乡路街号的在住到从是了我这那某个]|街道|门口|附近|旁边|对面)(?=.{2,})")
"""What leads up to a name is no part of it."""
_NO_NAME = re.compile(
    r"^(?:我|你|他|咱|这|那|个|某|们|家|里|老旧|所|本|整|每|各|全|多|一|两|几|附近|旁边|隔壁|对面|周边|居民|住宅|农贸|菜|商品房)+$"
    r"|配套|公办|民办|私立|普惠|公交|地铁|火车|汽车|违规|无证|高中|初中"
)


class Near(StrEnum):
    """How two places stand to each other."""

    POINT = "point"
    """Both are on the map, close by."""
    KEY = "key"
    """The same estate, house number or crossing."""
    UNKNOWN = "unknown"
    """One of them says too little; a district alone is too little."""
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place as an appeal gives it."""

    district: str = ""
    words: str = field(default="", repr=False)
    latitude: float | None = field(default=None, repr=False)
    longitude: float | None = field(default=None, repr=False)

    @property
    def point(self) -> tuple[float, float] | None:
        """Where it is on the map."""
        return None if self.latitude is None or self.longitude is None else (self.latitude, self.longitude)


def place_keys(words: str) -> frozenset[str]:
    """The estates ("小区:明湖"), house numbers ("门牌:明湖西路12") and crossings ("路口:…") named in ``words``."""
    text = folded(words)
    return frozenset((*_estates(text), *_houses(text), *_corners(text)))


def _estates(text: str) -> Iterator[str]:
    for found in _ESTATE.finditer(text):
        name, kind = _name(found[1]), found[2]
        if len(name) > 1 and not _NO_NAME.match(name):
            yield f"小区:{name}{'' if kind == '小区' else kind}"


def _houses(text: str) -> Iterator[str]:
    for found in _HOUSE.finditer(text):
        yield f"门牌:{_name(found[1])}{found[2]}"


def _corners(text: str) -> Iterator[str]:
    for found in _CORNER.finditer(text):
        yield "路口:" + "×".join(sorted((_name(found[1]), _name(found[2]))))


def _name(words: str) -> str:
    return _BEFORE.sub("", words)


def metres(one: tuple[float, float], other: tuple[float, float]) -> int:
    """The distance of two points, latitude and longitude in degrees, in whole metres."""
    (south, west), (north, east) = ((radians(a), radians(b)) for a, b in (one, other))
    half = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin((east - west) / 2) ** 2
    return round(2 * _EARTH * asin(min(1.0, sqrt(half))))


def square(point: tuple[float, float]) -> str:
    """The square of the map ``point`` lies in, as a key."""
    return _square(*(floor(part / _SQUARE) for part in point))


def squares_around(point: tuple[float, float], *, within: int) -> frozenset[str]:
    """Every square that may hold a point at most ``within`` metres away."""
    row, column = (floor(part / _SQUARE) for part in point)
    reach = range(-ceil(within / _SIDE), ceil(within / _SIDE) + 1)
    return frozenset(_square(row + up, column + right) for up in reach for right in reach)


def _square(row: int, column: int) -> str:
    return f"@{row},{column}"


def keys_of(spot: Spot) -> frozenset[str]:
    """What to keep so that others find this place."""
    keys = place_keys(spot.words)
    return keys | {square(spot.point)} if spot.point else keys


def near(one: Spot, other: Spot, *, within: int) -> tuple[Near, int | None]:
    """How two places stand to each other, and their distance in metres where both are on the map."""
    if one.point and other.point:
        apart = metres(one.point, other.point)
        return (Near.POINT if apart <= within else Near.OTHER), apart
    if one.district and other.district and one.district != other.district:
        return Near.OTHER, None
    mine, theirs = place_keys(one.words), place_keys(other.words)
    if mine & theirs:
        return Near.KEY, None
    return (Near.OTHER if _sorts(mine) & _sorts(theirs) else Near.UNKNOWN), None


def _sorts(keys: frozenset[str]) -> set[str]:
    return {key.partition(":")[0] for key in keys}
