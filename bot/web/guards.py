"""What every answer passes: security headers, and errors as plain JSON that quote nobody."""

from __future__ import annotations

import http
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.hub import StorageDown
from bot.logs import logger
from bot.services import Services
from channels.errors import Busy

log = logger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def guards(services: Services) -> list[Middleware]:
    """The middlewares, outermost first."""

    @web.middleware
    async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as error:
            if error.status < 400 or error.content_type == "application/problem+json":
                raise
            return _problem(error.status, error.headers.get("Allow", ""))
        except Busy as error:
            services.metrics.refused("web", "Busy")
            response = _problem(503)
            response.headers["Retry-After"] = str(int(error.after))
            return response
        except StorageDown:
            return _problem(503)
        except Exception as error:
            log.error("page failed", action="web.failed", error=type(error).__name__, path=_route(request))
            return _problem(500)

    @web.middleware
    async def headers(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        if not response.prepared:
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
        return response

    return [headers, problems]


def _route(request: web.Request) -> str:
    """The route's pattern: a path itself may hold a secret."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else ""


def _problem(status: int, allow: str = "") -> web.Response:
    body = {"type": "about:blank", "title": http.HTTPStatus(status).phrase, "status": status}
    response = web.json_response(body, status=status, content_type="application/problem+json")
    if allow:
        response.headers["Allow"] = allow
    return response
