"""The desk's pages of people: alarms, conversations, and letters that did not go out."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from sqlalchemy import select

from bot.experts import duty
from bot.files.photos import CLEANED, SHOWN, NotAPicture, without_traces
from bot.outbox.letters import letters, resend
from bot.outbox.resting import rests
from bot.outbox.why import READING, Why
from bot.store.lists import desk_lists
from bot.store.lists.sights import look_at
from bot.store.messages import lines
from bot.store.tables import conversation
from bot.talks.takeover import NoSuchConversation, NotYours
from bot.web.desk.doors import SPEAKERS, open_to
from bot.web.desk.live import has_read
from bot.web.desk.room import Room, back, filled, number
from bot.words.desk import EVENTS, RESTING
from channels.message import Event, Kind
from tickets.privacy.access import FieldClass, Officer, Sight

HISTORY = 200
"""Lines of a conversation shown, the latest."""
_DOWNLOAD = {"Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "no-store"}
HEARD = ("audio/mpeg", "audio/ogg", "audio/wav")
"""What browsers play; AMR, as WeChat records, they do not: it is handed over for keeping."""


class Talks:
    """``/desk/alarms``, ``/desk/talks``, ``/desk/letters``."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._services = room.services

    def routes(self) -> list[web.RouteDef]:
        """Lists and deeds."""
        seated = self._room.seated
        return [
            web.get("/desk/alarms", seated(self.alarms, "alarms")),
            web.post(r"/desk/alarms/{id:\d{1,19}}", seated(self.acknowledge, "alarms")),
            web.get("/desk/talks", seated(self.talks, "talks")),
            web.get(r"/desk/talks/{id:\d{1,19}}", seated(self.talk, "talks")),
            web.post(r"/desk/talks/{id:\d{1,19}}/{deed:take|say|give_back}", seated(self.deed, "talks")),
            web.get("/desk/letters", seated(self.letters, "letters")),
            web.post(r"/desk/letters/{id:\d{1,19}}", seated(self.resend, "letters")),
            web.get(r"/desk/files/{file:[\w-]{1,43}}", seated(self.file)),
        ]

    async def alarms(self, _request: web.Request, officer: Officer) -> web.StreamResponse:
        """Dangers to life or property."""
        return await self._room.show("alarms.html", officer, rows=await desk_lists.alarms(self._services.database))

    async def acknowledge(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """An officer has seen an alarm."""
        services = self._services
        await desk_lists.acknowledge(services.database, number(request), officer=officer.account, now=services.now())
        raise back("/desk/alarms")

    async def talks(self, _request: web.Request, officer: Officer) -> web.StreamResponse:
        """Who waits for a person."""
        rows, speaks = await desk_lists.talks(self._services.database), bool(officer.roles & SPEAKERS)
        return await self._room.show("talks.html", officer, rows=rows, speaks=speaks)

    async def talk(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """One conversation."""
        return await self._show(number(request), officer)

    async def deed(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """Take over, write, give back."""
        talk, takeover, given = number(request), self._services.takeover, await filled(request)
        if not officer.roles & SPEAKERS:
            return await self._room.show("forbidden.html", officer, status=403)
        agent = officer.account
        if request.match_info["deed"] == "say" and (cost := await self._cost(talk, given)):
            return await self._show(talk, officer, text=given.get("text", ""), segments=cost)
        deeds = {
            "take": lambda: takeover.take(talk, agent),
            "say": lambda: takeover.say(talk, agent, given.get("text", ""), key=given.get("key", "")[:64]),
            "give_back": lambda: takeover.give_back(talk, agent),
        }
        try:
            await deeds[request.match_info["deed"]]()
        except NoSuchConversation:
            return await self._room.missing(officer)
        except NotYours as refused:
            holder = f"正由{refused.holder}接待" if refused.holder else "目前不在您手中，请先接管"
            return await self._show(
                talk, officer, status=409, problem=f"这个会话{holder}。", text=given.get("text", "")
            )
        except ValueError:
            return await self._show(talk, officer, status=400, problem="请写下要发送的话。")
        raise back(f"/desk/talks/{talk}#end")

    async def _cost(self, talk: int, given: Mapping[str, str]) -> int:
        """As how many segments the text will be billed, where that is more than one and the agent was not told yet; else
        0."""
        row = await desk_lists.talk(self._services.database, talk)
        account = self._services.accounts.get(row["channel"], row["account"]) if row else None
        if account is None or account.billed is None:
            return 0
        cost = account.billed.segments(given.get("text", "").strip())
        return cost if cost > 1 and given.get("segments") != str(cost) else 0

    async def _show(
        self,
        talk: int,
        officer: Officer,
        *,
        status: int = 200,
        problem: str = "",
        text: str = "",
        segments: int = 0,
    ) -> web.StreamResponse:
        row = await desk_lists.talk(self._services.database, talk)
        if row is None:
            return await self._room.missing(officer)
        async with self._services.database.read() as connection:
            last = await connection.scalar(select(conversation.c.last_seq).where(conversation.c.id == talk)) or 0
            said = await lines(connection, talk, after=max(last - HISTORY, 0), limit=HISTORY)
            heard = [line["id"] for _, line in said if "sender" not in line]
            files = await desk_lists.files_of(connection, heard)
        await has_read(self._services, row, officer, seq=last)
        return await self._room.show(
            "talk.html",
            officer,
            status=status,
            speaks=bool(officer.roles & SPEAKERS),
            row=row,
            lines=[line_of(line, files.get(line["id"], ())) for _, line in said],
            tickets=await desk_lists.tickets_of(self._services.database, talk),
            key=secrets.token_urlsafe(12),
            heard=HEARD,
            problem=problem,
            text=text,
            segments=segments,
            billed=self._billed(row),
            invited=await duty.session_in(self._services.database, talk),
            experts=sorted(self._services.hub.batching.duty.experts),
            units=self._services.city.talk.units,
        )

    def _billed(self, row: Mapping[str, Any]) -> bool:
        account = self._services.accounts.get(row["channel"], row["account"])
        return account is not None and account.billed is not None

    async def letters(self, _request: web.Request, officer: Officer) -> web.StreamResponse:
        """What did not go out."""
        reading = {why.value: READING[why] for why in Why}
        rows = await letters(self._services.database)
        resting = await rests(self._services.database, now=self._services.now())
        return await self._room.show(
            "letters.html", officer, rows=rows, reading=reading, resting=resting, resting_for=RESTING
        )

    async def resend(self, request: web.Request, _officer: Officer) -> web.StreamResponse:
        """Queue a letter again."""
        await resend(self._services.database, [number(request)], now=self._services.now())
        self._services.outbox.wake()
        raise back("/desk/letters")

    async def file(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """A citizen's photo, without what his camera wrote into it, or his file; what a browser might run is only
        handed over for keeping."""
        file = request.match_info["file"]
        stored = await self._services.door.file(file) if await self._may_open(file, officer) else None
        if stored is None or not stored.path.is_file():
            return await self._room.missing(officer)
        place = "inline" if stored.media_type in SHOWN else "attachment"
        headers = _DOWNLOAD | {"Content-Type": stored.media_type, "Content-Disposition": place}
        if stored.media_type not in CLEANED:
            return web.FileResponse(stored.path, headers=headers)
        try:
            photo = await asyncio.to_thread(lambda: without_traces(stored.path.read_bytes()))
        except NotAPicture:
            return await self._room.missing(officer)
        return web.Response(body=photo, headers=headers)

    async def _may_open(self, file: str, officer: Officer) -> bool:
        """Who may read every conversation, and a unit whose ticket, not a confidential one, came with the file."""
        if open_to(officer, "talks"):
            return True
        with_it = await desk_lists.tickets_with(self._services.database, file)
        looks = [await look_at(self._services.database, officer, row, now=self._services.now()) for row in with_it]
        return any(look.sees(FieldClass.CONTENT) is Sight.FULL for look in looks)


def line_of(row: Mapping[str, Any], files: Any) -> dict[str, Any]:
    """A line of a conversation for the page."""
    if "sender" in row:
        said = {"who": row["sender"], "at": row["created_at"], "text": row["body"]["text"], "stage": row["stage"]}
        return said | {"files": (), "place": "", "public": False, "spoken": False}
    body = row["body"] or {}
    given = [
        {"id": one["stored"], "media_type": one["media_type"]} for one in body.get("attachments", ()) if one["stored"]
    ]
    kept = [{"id": one["id"], "media_type": one["media_type"]} for one in files]
    place = body.get("location")
    return {
        "who": "citizen",
        "stage": "",
        "at": row["received_at"],
        "text": _done(body["event"], row["text"]) if "event" in body else _letter(body.get("letter")) + row["text"],
        "spoken": row["kind"] == Kind.VOICE,
        "files": list({one["id"]: one for one in (*given, *kept)}.values()),
        "place": (place["label"] or f"{place['latitude']:.5f}, {place['longitude']:.5f}") if place else "",
        "public": body.get("public", False),
    }


def _done(event: str, about: str) -> str:
    """What a citizen did without words; of a tap what it says, of the rest no key of ours or of the provider."""
    return f"〔{EVENTS.get(event, event)}〕" + (about if event == Event.MENU else "")


def _letter(letter: Mapping[str, Any] | None) -> str:
    """The head of a letter: its title, and who signed it."""
    if not letter:
        return ""
    signed = " ".join(letter[name] for name in ("name", "contact") if letter.get(name))
    lines = (f"《{letter['title']}》" if letter.get("title") else "", f"来信人：{signed}" if signed else "")
    return "".join(f"{line}\n" for line in lines if line)
