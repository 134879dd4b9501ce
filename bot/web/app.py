"""Puts the hub's pages and doors together into one application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.services import Services
from bot.web.desk.alerts import Alerts
from bot.web.desk.callbacks import Callbacks
from bot.web.desk.calls import CallTasks
from bot.web.desk.dispatch import DispatchPages
from bot.web.desk.experts import Experts
from bot.web.desk.gate import Keys
from bot.web.desk.knowledge import Knowledge
from bot.web.desk.knowledge_tasks import KnowledgeTasks
from bot.web.desk.live import LiveTalks
from bot.web.desk.login import Door
from bot.web.desk.matters import Matters
from bot.web.desk.phone import PhonePages
from bot.web.desk.privacy import Privacy
from bot.web.desk.room import Room
from bot.web.desk.talks import Talks
from bot.web.desk.tickets import Tickets
from bot.web.desk.unit_calls import UnitCallButtons
from bot.web.doorstep import Doorstep
from bot.web.guards import guards, secure
from bot.web.health import Health
from bot.web.hooks import Hooks
from bot.web.rating.page import Rating
from channels.adapter import Adapter, Served

_PARTS: tuple[type[Any], ...] = (
    *(Door, Tickets, Talks, LiveTalks, Alerts, DispatchPages, Callbacks),
    *(Matters, Knowledge, KnowledgeTasks, Experts, Privacy, PhonePages, UnitCallButtons, CallTasks),
)
"""The rooms of the desk, each with its own pages."""
_ICON = Path(__file__).with_name("icon.svg")
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
            app.on_shutdown.append(_ends(account.adapter))
    if services.letter_ratings is not None:
        app.add_routes(Rating(services, services.letter_ratings).routes())
    app.on_shutdown.append(lambda _: services.phone.bells.close())
    for part in _desk(services):
        app.add_routes(part.routes())
        if isinstance(part, LiveTalks):
            app.on_shutdown.append(part.close)
    app.router.add_get("/", _home)
    app.router.add_get("/favicon.ico", _icon)
    return app


def _ends(adapter: Adapter) -> Callable[[web.Application], Awaitable[None]]:
    """Open sockets and streams end before the server waits for its handlers, else it waits in vain."""

    async def end(_app: web.Application) -> None:
        await adapter.close()

    return end


def _desk(services: Services) -> tuple[Any, ...]:
    key = services.settings.house.web.desk_key
    room = Room(services, Keys(key.get_secret_value()) if key else None)
    return tuple(part(room) for part in _PARTS)


async def _home(_request: web.Request) -> web.StreamResponse:
    raise web.HTTPFound("/chat")


async def _icon(_request: web.Request) -> web.StreamResponse:
    """What browsers ask for on every page that names no icon of its own."""
    return web.FileResponse(_ICON, headers={"Content-Type": "image/svg+xml"})
