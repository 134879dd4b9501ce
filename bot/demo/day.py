"""Plays a day of the hotline in less than a minute: citizens at the web chat of a running hub, units at their desks."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field

import aiohttp

from bot.demo import play
from bot.demo.chat import Chat, picture
from bot.demo.people import Person, people
from bot.services import Services
from bot.words.desk import STATES

AT_ONCE = 6
SUBMIT = "提交"
TURNS = 8
"""Answers a citizen gives before he gives up."""
LONGEST = 55.0
"""Seconds the whole day may take."""
SURVEY_WITHIN = 36.0
"""Seconds a citizen waits to be asked for a rating."""

Tell = Callable[[str], None]


class NoHub(Exception):
    """Nothing answers at the address."""


@dataclass(slots=True)
class _Part:
    """A person and his conversation."""

    person: Person
    chat: Chat = field(repr=False)
    number: str = ""


_ASKED: tuple[tuple[re.Pattern[str], Callable[[Person], str]], ...] = (
    (re.compile("请您核对"), lambda _: SUBMIT),
    (re.compile("是否要求全程保密"), lambda person: person.secret),
    (re.compile("哪个区|全称、地址"), lambda person: person.place or "不清楚"),
    (re.compile("什么时候开始|几点最严重"), lambda person: person.when),
    (re.compile("回复“登记”"), lambda _: "登记"),
)
"""What a citizen answers to what he is asked, the first that fits."""
_NUMBER = re.compile(r"工单号 ?(\d+)")


async def day(services: Services, address: str, *, tell: Tell) -> None:
    """One day. ``services`` stands on the same database as the hub at ``address``. Raises NoHub, TimeoutError."""
    async with (
        asyncio.timeout(LONGEST),
        aiohttp.ClientSession(address, timeout=aiohttp.ClientTimeout(total=35, connect=5)) as http,
    ):
        await _knock(http)
        tell("── 早上：市民写来 (citizens write) ──")
        parts = await _write(http, tell)
        tell("── 上午：派单、签收、办理 (units work) ──")
        await _work(services, parts, tell)
        tell("── 下午：催办、补充、撤回 (citizens come back) ──")
        await _come_back(parts, tell)
        tell("── 傍晚：回访评价，约需半分钟 (surveys and ratings) ──")
        await asyncio.gather(*(_rate(one, tell) for one in parts if one.person.rates))
        await _look_back(services, parts, tell)


async def _knock(http: aiohttp.ClientSession) -> None:
    try:
        async with http.get("/healthz") as answer:
            if answer.status == 200:
                return
    except (aiohttp.ClientError, TimeoutError, OSError):
        pass
    raise NoHub


async def _write(http: aiohttp.ClientSession, tell: Tell) -> list[_Part]:
    seats = asyncio.Semaphore(AT_ONCE)

    async def one(person: Person, place: int) -> _Part:
        async with seats:
            part = _Part(person, await Chat.open(http))
            tell(await _talk(part, shade=place * 17))
            return part

    return list(await asyncio.gather(*(one(person, place) for place, person in enumerate(people()))))


async def _talk(part: _Part, *, shade: int) -> str:
    """A person's whole first conversation; returns its story."""
    person, chat = part.person, part.chat
    story, answer = [], ""
    for text in person.says:
        answer = await chat.write(text)
        if "下面哪一项" in answer:
            answer = await chat.tap(chat.offered[0])
        story.append(_line(person, text, answer))
    for _ in range(TURNS if person.fate else 0):
        said = next((say(person) for asked, say in _ASKED if asked.search(answer)), "")
        if not said:
            break
        answer = await _say(part, said, shade=shade)
    for text in person.then:
        await chat.write(text)
    if told := _NUMBER.search(answer):
        part.number = told[1]
        story = [_line(person, person.says[0], answer)]
    return "\n".join(story)


async def _say(part: _Part, text: str, *, shade: int) -> str:
    """Say it; a place may be sent as a point on the map, and a photo goes before the last word."""
    person, chat = part.person, part.chat
    if person.point and text == person.place:
        latitude, longitude, label = person.point.split()
        return await chat.point(float(latitude), float(longitude), label)
    if person.photo and text == SUBMIT:
        await chat.photo(picture(shade=shade))
    return await chat.write(text)


async def _work(services: Services, parts: list[_Part], tell: Tell) -> None:
    for one in parts:
        if one.number and one.person.fate:
            state = await play.handle(services, one.number, one.person)
            tell(f"工单 {one.number}({one.person.name})→ {STATES[state]}")


async def _come_back(parts: list[_Part], tell: Tell) -> None:
    for one in parts:
        for text in one.person.afterwards:
            await one.chat.read()
            answer = await one.chat.write(text)
            tell(_line(one.person, text, answer))


async def _rate(part: _Part, tell: Tell) -> None:
    """Wait for the survey, answer it."""
    try:
        async with asyncio.timeout(SURVEY_WITHIN):
            while not any(line.get("notice") == "survey.ask" for line in await part.chat.read(wait=5)):
                pass
    except TimeoutError:
        tell(f"{part.person.name}:还没有等到回访")
        return
    answer = ""
    for text in part.person.rates:
        answer = await part.chat.write(text)
    tell(_line(part.person, f"（评价）{'、'.join(part.person.rates)}", answer))


async def _look_back(services: Services, parts: list[_Part], tell: Tell) -> None:
    counted = await play.states(services, [one.number for one in parts if one.number])
    tell("── 今天的工单 (today's tickets) ──")
    for state, name in STATES.items():
        if state in counted:
            tell(f"{name}\t{counted[state]}")


def _line(person: Person, said: str, answer: str) -> str:
    """What a person said, and in one line what was answered."""
    flat = " ".join(answer.split()) or "（人工在看，机器人不插话）"
    return f"{person.name}:{said}\n    民声：{flat if len(flat) <= 90 else f'{flat[:88]}……'}"
