"""The letter form at /mailbox: write, save a draft, send, and look up how a letter stands. It needs no script."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from aiohttp import web
from yarl import URL

from channels.adapter import Door
from channels.errors import Busy, TooLarge
from channels.limits import Buckets
from channels.mailbox import drafts
from channels.mailbox.form import inbound, problems
from channels.mailbox.intake import Upload, posted, received
from channels.mailbox.pages import HEADERS, STYLE, page
from channels.mailbox.settings import Form
from channels.mailbox.written import Written

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_HOUR = 3600.0


@dataclass(slots=True)
class Web:
    """The pages of one account."""

    account: str
    form: Form
    door: Door = field(repr=False)
    _letters: Buckets = field(init=False, repr=False)
    _looks: Buckets = field(init=False, repr=False)
    _misses: Buckets = field(init=False, repr=False)

    def __post_init__(self) -> None:
        hourly = self.form.letters_an_hour, self.form.looks_an_hour
        self._letters, self._looks = (Buckets(burst=most, per_second=most / _HOUR) for most in hourly)
        # Ten wrong codes an hour for one number: ten digits are never guessed at that pace.
        self._misses = Buckets(burst=10, per_second=10 / _HOUR)

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """None where the form is closed."""
        if not self.form.open:
            return ()
        path, own = self.form.path, self._own
        return [
            web.get(path, own(self.blank)),
            web.post(path, own(self.take)),
            web.get(f"{path}/progress", own(self.ask)),
            web.post(f"{path}/progress", own(self.look)),
            web.get(f"{path}/style.css", self.style),
        ]

    async def blank(self, request: web.Request) -> web.StreamResponse:
        """The empty form, or the draft this browser kept."""
        kept = drafts.read(request.cookies.get(drafts.COOKIE, ""))
        return self._form(kept, note="draft" if kept.any() else "")

    async def take(self, request: web.Request) -> web.StreamResponse:
        """A letter to send, or a draft to keep or forget."""
        try:
            given, uploads = await received(request, most=self.form.files_most)
        except TooLarge:
            return self._form(Written(), status=413, found={"files": "附件太大，请压缩后再试。"})
        if given.deed == "forget":
            return self._without_draft(self._form(Written(), note="forgotten"))
        if given.deed == "keep":
            return self._keep_draft(given)
        found = problems(given, uploads, self.form)
        if found:
            return self._form(given, status=422, found=found)
        if wait := self._letters.take(request.remote or "", now=self.door.now()):
            return self._form(given, status=429, found={"": f"提交太频繁，请{_minutes(wait)}后再试。"})
        return await self._send(given, uploads)

    async def _send(self, given: Written, uploads: Sequence[Upload]) -> web.StreamResponse:
        message = inbound(given, account=self.account, now=self.door.now())
        try:
            files = [
                await self.door.keep(message.address, name=one.name, media_type=one.media_type, content=one.content)
                for one in uploads
            ]
            taken = await self.door.receive(inbound(given, account=self.account, now=self.door.now(), files=files))
        except TooLarge:
            return self._form(given, status=413, found={"files": "附件太大，请压缩后再试。"})
        except Busy:
            return self._form(given, status=503, found={"": "现在人多，请稍候再次点击“提交来信”。"})
        if taken.duplicate and taken.digest != message.digest:
            return self._form(given, status=409, found={"": "这封信刚才已经提交过。如要再写一封，请重新打开本页。"})
        answer = await self.door.answer(taken)
        return self._without_draft(self._show("sent.html", answer=answer, mailed="@" in message.address.peer))

    def _keep_draft(self, given: Written) -> web.StreamResponse:
        response = self._form(given, note="kept")
        response.set_cookie(
            drafts.COOKIE,
            drafts.write(given),
            path=self.form.path,
            max_age=drafts.LASTS,
            httponly=True,
            samesite="Strict",
        )
        return response

    async def ask(self, _request: web.Request) -> web.StreamResponse:
        """The form for number and query code."""
        return self._show("progress.html", found=None, number="", problem="")

    async def look(self, request: web.Request) -> web.StreamResponse:
        """How a letter stands, for whoever has its number and code. The code is never in an address."""
        try:
            given = await posted(request)
        except TooLarge:
            given = {}
        number, code = (str(given.get(name, "")).strip().replace(" ", "")[:40] for name in ("number", "code"))
        now = self.door.now()
        if wait := self._looks.take(request.remote or "", now=now) or self._misses.wait(number, now=now):
            problem, status, found = f"查询太频繁，请{_minutes(wait)}后再试。", 429, None
        else:
            found = await self.door.progress(number, code)
            problem, status = ("", 200) if found else ("没有查到。请核对编号和查询码，两者都在来信回执里。", 404)
            if found is None:
                self._misses.take(number, now=now)
        return self._show("progress.html", status=status, found=found, number=number, problem=problem)

    async def style(self, _request: web.Request) -> web.StreamResponse:
        """The page's style sheet."""
        return web.Response(text=STYLE, content_type="text/css", headers=HEADERS | {"Cache-Control": "max-age=3600"})

    def _form(
        self, given: Written, *, status: int = 200, found: Mapping[str, str] | None = None, note: str = ""
    ) -> web.Response:
        fresh = given if given.key else given.with_key(secrets.token_urlsafe(18))
        return self._show("form.html", status=status, given=fresh, problems=found or {}, note=note)

    def _show(self, name: str, *, status: int = 200, **blanks: Any) -> web.Response:
        text = page(name, form=self.form, **blanks)
        return web.Response(text=text, status=status, content_type="text/html", headers=HEADERS)

    def _without_draft(self, response: web.Response) -> web.Response:
        response.del_cookie(drafts.COOKIE, path=self.form.path)
        return response

    def _own(self, handler: Handler) -> Handler:
        """Only our own pages may send: another site must not write letters through its visitors."""

        @wraps(handler)
        async def checked(request: web.Request) -> web.StreamResponse:
            origin = request.headers.get("Origin")
            if (
                request.method == "POST"
                and origin not in (None, "null")
                and URL(origin or "").authority != request.host
            ):
                raise web.HTTPForbidden(text="请从本站页面提交。\n")
            return await handler(request)

        return checked


def _minutes(seconds: float) -> str:
    return f"{max(1, round(seconds / 60))}分钟"
