"""The desk's pages of units' experts: who is on duty, invitations, and the conversation an expert is asked into."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from bot.experts import duty
from bot.experts.outcome import draft_answers, first_line
from bot.experts.sessions import NoSuchSession
from bot.store.messages import lines
from bot.talks.takeover import NoSuchConversation, NotYours
from bot.web.desk.room import Room, back, filled, number
from bot.web.desk.talks import line_of
from tickets.orders import NotAllowed
from tickets.privacy.access import Officer

HISTORY = 200


class Experts:
    """``/desk/experts``."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._services = room.services
        self._sessions = room.services.learning.sessions

    def routes(self) -> list[web.RouteDef]:
        """Lists and deeds."""
        seated = self._room.seated
        return [
            web.get("/desk/experts", seated(self.mine, "experts")),
            web.post("/desk/experts/duty", seated(self.stand_by, "experts")),
            web.get(r"/desk/experts/{id:\d{1,19}}", seated(self.session, "experts")),
            web.post(r"/desk/experts/{id:\d{1,19}}/{deed:join|say|end}", seated(self.deed, "experts")),
            web.post(r"/desk/talks/{id:\d{1,19}}/invite", seated(self.invite, "talks")),
        ]

    async def mine(self, _request: web.Request, officer: Officer) -> web.StreamResponse:
        """For which unit the officer answers, and who waits."""
        unit = await duty.unit_of(self._services.database, officer.account)
        rows = await duty.sessions_of(self._services.database, unit) if unit else ()
        return await self._show("experts.html", officer, unit=unit, rows=rows)

    async def stand_by(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """He answers for a unit, or no longer."""
        unit = (await filled(request)).get("unit", "")
        if unit and officer.only_own:
            unit = officer.unit
        if unit and unit not in self._services.city.talk.units:
            return await self._room.missing(officer)
        await duty.stand_by(self._services.database, officer.account, unit, now=self._services.now())
        raise back("/desk/experts")

    async def session(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """One conversation, from the invitation on."""
        return await self._one(number(request), officer)

    async def deed(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """Join, write, end."""
        session, given, sessions = number(request), await filled(request), self._sessions
        deeds: Mapping[str, Callable[[], Awaitable[None]]] = {
            "join": lambda: sessions.join(session, officer.account),
            "say": lambda: sessions.say(session, officer.account, given.get("text", ""), key=given.get("key", "")[:64]),
            "end": lambda: sessions.end(session, officer.account, answer=given.get("answer", "")),
        }
        deed = request.match_info["deed"]
        try:
            await deeds[deed]()
        except NoSuchSession:
            return await self._one(session, officer, status=409, problem="这次会话已经结束。")
        except NotYours as refused:
            holder = f"已由{refused.holder}加入" if refused.holder else "您还没有加入"
            return await self._one(session, officer, status=409, problem=f"{holder}这次会话。", given=given)
        except NotAllowed:
            problem = "答复中有手机号或身份证号，请删去后再提交。"
            return await self._one(session, officer, status=409, problem=problem, given=given)
        except ValueError:
            return await self._one(session, officer, status=400, problem="请写下要说的话。")
        if deed == "end":
            await draft_answers(self._services.learning.upkeep)
        raise back("/desk/experts" if deed == "end" else f"/desk/experts/{session}#end")

    async def invite(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """An agent asks an expert into his conversation."""
        talk, given = number(request), await filled(request)
        try:
            await self._sessions.invite(talk, given.get("unit", ""), given.get("question", ""), by=officer.account)
        except (NoSuchConversation, LookupError):
            return await self._room.missing(officer)
        except NotYours:
            raise back(f"/desk/talks/{talk}") from None
        raise back(f"/desk/talks/{talk}#end")

    async def _one(
        self,
        session: int,
        officer: Officer,
        *,
        status: int = 200,
        problem: str = "",
        given: Mapping[str, str] | None = None,
    ) -> web.StreamResponse:
        row = await duty.session(self._services.database, session)
        if row is None:
            return await self._room.missing(officer)
        async with self._services.database.read() as connection:
            after = await first_line(connection, row)
            said = await lines(connection, row["conversation_id"], after=after, limit=HISTORY)
        return await self._show(
            "expert_talk.html",
            officer,
            status=status,
            session=row,
            lines=[line_of(line, ()) for _, line in said],
            key=secrets.token_urlsafe(12),
            given=given or {},
            problem=problem,
        )

    async def _show(self, template: str, officer: Officer, *, status: int = 200, **blanks: Any) -> web.StreamResponse:
        return await self._room.show(template, officer, status=status, units=self._services.city.talk.units, **blanks)
