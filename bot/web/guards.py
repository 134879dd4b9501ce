"""What every call and answer passes: who really called, security headers, errors as plain JSON that quote nobody."""

from __future__ import annotations

import http
import ipaddress
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.journey.hub import StorageDown
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

    middlewares: list[Middleware] = [problems]
    if proxies := services.settings.house.web.trusted_proxies:
        middlewares.insert(0, _behind(proxies))
    return middlewares


async def secure(_request: web.Request, response: web.StreamResponse) -> None:
    """Headers of every answer, whoever made it; for the application's ``on_response_prepare``."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.popall("Server", None)  # nobody needs our versions


def _behind(proxies: int) -> Middleware:
    """The citizen's own address where ``proxies`` of ours stand before the hub."""

    @web.middleware
    async def remote(request: web.Request, handler: Handler) -> web.StreamResponse:
        told = ",".join(request.headers.getall("X-Forwarded-For", ()))
        return await handler(request.clone(remote=farthest_trusted(told, request.remote or "", proxies=proxies)))

    return remote


def farthest_trusted(told: str, peer: str, *, proxies: int) -> str:
    """Who called the outermost proxy of ours. ``told`` is X-Forwarded-For, to which each proxy adds its caller at the
    right; anything further left was written by the caller himself and is not believed."""
    chain = [*(part.strip() for part in told.split(",") if part.strip()), peer]
    address = chain[max(len(chain) - 1 - proxies, 0)]
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return peer


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
