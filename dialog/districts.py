"""Where it happened: the district and the place in a citizen's words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from channels.message import Location
from dialog.city import City
from dialog.lexicon import Lexicon, close_up
from tickets.places import District

_CN = "一-龥"
_STOP = "在到从的了是有和与跟被把就都这那我你他她它们去往住,。!?;:、“”\"' "
_SAID = "□□"
"""Stands for an opening."""
_ROAD = "路(?![灯面况人边上])"
_PLACE = re.compile(
    rf"[{_CN}□a-z0-9]{{0,10}}?[{_CN}□a-z0-9]{{2,8}}?"
    r"(?:(?:大街|大道|小区|社区|花园|家园|公寓|广场|市场|大厦|医院|学校|小学|中学|大学|公园|车站)"
    rf"(?!{_ROAD})|街道|胡同|{_ROAD}|里(?![庄山沟河桥])|[镇街巷村苑])"
    r"(?:与[^,。!?;、]{2,8}?(?:路|街)(?:交叉口|路口)?)?"
    r"(?:\d+(?:-\d+)?(?:号楼|号院|号|弄|栋|幢))?(?:[a-z]?\d+(?:-\d+)?(?:号楼|栋|幢|单元|楼|室))*"
    r"(?:附近|旁边|对面|门口|路口|路北|路南|路东|路西|东门|西门|南门|北门)?"
)
_NO_PLACE = re.compile(
    r"^(?:一?条)?(?:马路|道路|这条路|公路|小区|社区|学校|医院|市场|公园|车站|广场|家里|公里|心里|夜里|哪里|这里|那里|城里|村里|手里|嘴里|屋里|院里|店里|半夜里|(?:我们?家?)?(?:楼道|楼梯间?|电梯|走廊|厨房|厕所|房间|卧室|地下室|车库|楼|单元)里)$"
)
_LEAD = re.compile(rf"^.*(?!和[平谐睦])[{re.escape(_STOP)}](?=.{{3,}})")
_OPENING = re.compile(
    r"(?:举报|检举|揭发|投诉|反映|反应|反馈|咨询|询问|请教|请问|想问|问一下|了解|建议|表扬|点赞|感谢|求助|报修"
    r"|您好|你好|[我俺咱你您他她它](?:们家|们|家)?(?:住在?)?|关于|有关|针对|对于|位于|坐落|地址|家住|发现|看见|麻烦"
    r"|[今昨前]天|[今昨]晚|早上|上午|中午|下午|晚上|凌晨|半夜|最近|近日|目前)(?:一?下|一个)?"
)
"""What is said before a place is named and is in no name."""


@dataclass(frozen=True, slots=True)
class Found:
    """A district code ("" unknown) and the place in the citizen's words ("" none)."""

    district: str = ""
    place: str = field(default="", repr=False)


def spot_of(point: Location) -> str:
    """A point on the map as a place in words: its label, else its degrees."""
    return close_up(point.label) or f"{point.latitude:.5f},{point.longitude:.5f}"


@lru_cache(maxsize=8)
def _before_name(districts: tuple[District, ...]) -> re.Pattern[str]:
    """All that stands before the last name of a district; what follows is the place, whatever was said first."""
    return re.compile(rf"^.*(?={'|'.join(re.escape(one.name) for one in districts) or '(?!)'})")


@lru_cache(maxsize=8)
def _names(districts: tuple[District, ...]) -> Lexicon[str]:
    table: dict[str, set[str]] = {}
    for one in districts:
        table.setdefault(one.code, set()).update((one.name, *one.aliases))
    # A street name that two districts share says nothing.
    seen: dict[str, list[str]] = {}
    for one in districts:
        for street in one.streets:
            seen.setdefault(street, []).append(one.code)
    for street, codes in seen.items():
        if len(codes) == 1:
            table[codes[0]].add(street)
    return Lexicon(table)


def district_of(text: str, city: City) -> str:
    """The code of the first district named in folded ``text`` (by name, other name or street), "" for none."""
    return _names(city.districts).find(text) or ""


def locate(text: str, city: City) -> Found:
    """The district and the most exact place in folded ``text``."""
    code = district_of(text, city)
    name = next((one.name for one in city.districts if one.code == code), "")
    best = max(_places(text, city), key=len, default="")
    if best and name and name not in best and name in text:
        best = name + best
    return Found(code, best or name)


def _places(text: str, city: City) -> Iterator[str]:
    before_name = _before_name(city.districts)
    for found in _PLACE.finditer(_OPENING.sub(_SAID, text)):
        place = before_name.sub("", _LEAD.sub("", found[0].rpartition(_SAID)[2]))
        if len(place) > 2 and not _NO_PLACE.match(place):
            yield place
