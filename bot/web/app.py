"""Puts the hub's pages and doors together into one application."""

from __future__ import annotations

from aiohttp import web

from bot.services import Services
from bot.web.doorstep import Doorstep
from bot.web.guards import guards, secure
from bot.web.health import Health
from bot.web.hooks import Hooks
from channels.adapter import Served

DOORSTEP = web.AppKey("doorstep", Doorstep)


def make_app(services: Services) -> web.Application:
    """The application of one process."""
    largest = max(services.settings.house.web.max_body, services.settings.house.files.max_bytes + 65_536)
    doorstep = Doorstep()
    app = web.Application(middlewares=[doorstep.heard, *guards(services)], client_max_size=largest)
    app[DOORSTEP] = doorstep
    app.on_response_prepare.append(secure)
    app.add_routes(Hooks(services, services.settings.house.web.max_body).routes())
    app.add_routes(Health(services).routes())
    for account in services.accounts:
        if isinstance(account.adapter, Served):
            app.add_routes(account.adapter.routes(services.door))
    app.router.add_get("/", _home)
    return app


async def _home(_request: web.Request) -> web.StreamResponse:
    raise web.HTTPFound("/chat")
