"""Decides who gets in: the origin of a page, the citizen's token, and how fast he may go."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps

from aiohttp import web
from yarl import URL

from channels.adapter import Door
from channels.app.problems import Problem
from channels.app.settings import AppSettings, Bucket
from channels.app.tokens import Denied, Session, Tokens
from channels.errors import Busy
from channels.limits import Buckets

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, Last-Event-ID",
    "Access-Control-Max-Age": "7200",
}


class Gate:
    """What every handler asks before it works."""

    def __init__(self, settings: AppSettings, tokens: Tokens, door: Door) -> None:
        self._allowed = frozenset(settings.allowed_origins)
        self._tokens = tokens
        self._door = door
        limits = settings.limits
        table = {
            "session": (None, limits.sessions_per_ip),
            "message": (limits.messages_per_session, limits.messages_per_ip),
            "upload": (limits.uploads_per_session, limits.messages_per_ip),
            "read": (limits.reads_per_session, None),
        }
        self._buckets = {what: (_buckets(session), _buckets(ip)) for what, (session, ip) in table.items()}

    def guarded(self, handler: Handler) -> Handler:
        """The handler behind the origin check, with every refusal answered as problem+json."""

        @wraps(handler)
        async def checked(request: web.Request) -> web.StreamResponse:
            try:
                if not self.welcomes(request):
                    raise Problem("foreign_origin")
                response = await handler(request)
            except Problem as problem:
                response = problem.response()
            except Busy as busy:
                response = Problem("busy", retry_after=busy.after).response()
            if not response.prepared:
                response.headers.update(self.cors(request))
            return response

        return checked

    def welcomes(self, request: web.Request) -> bool:
        """Whether the page that asks may: our own, an allowed one, or no page at all (a native app)."""
        origin = request.headers.get("Origin")
        return origin is None or origin in self._allowed or _authority(origin) == request.host

    def cors(self, request: web.Request) -> dict[str, str]:
        """The headers that let an allowed foreign page read the answer."""
        origin = request.headers.get("Origin", "")
        if origin not in self._allowed:
            return {"Vary": "Origin"}
        return {"Vary": "Origin", "Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": "Retry-After"}

    async def preflight(self, _request: web.Request) -> web.StreamResponse:
        """OPTIONS: what an allowed foreign page may send."""
        return web.Response(status=204, headers=_PREFLIGHT)

    def session(self, request: web.Request) -> Session:
        """The citizen a request's bearer token proves. Raises :class:`Problem`."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise Problem("unauthenticated")
        return self.read(token.strip())

    def read(self, token: str) -> Session:
        """The citizen a token proves. Raises :class:`Problem`."""
        try:
            return self._tokens.read(token, now=self._door.now())
        except Denied:
            raise Problem("unauthenticated") from None

    def spend(self, what: str, *, peer: str, ip: str) -> None:
        """Count one ``what`` (a key of the table above). Raises :class:`Problem` when it is one too many."""
        for buckets, key in zip(self._buckets[what], (peer, ip), strict=True):
            if buckets and (wait := buckets.take(key, now=self._door.now())):
                raise Problem("too_many", retry_after=wait)


def _buckets(limit: Bucket | None) -> Buckets | None:
    return Buckets(burst=limit.burst, per_second=limit.per_second) if limit else None


def _authority(origin: str) -> str:
    try:
        url = URL(origin)
    except ValueError:
        return ""
    return url.authority if url.scheme in {"http", "https"} else ""
