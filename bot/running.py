"""Runs the hub until it is told to stop, and stops it so that nothing is lost."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
from collections.abc import AsyncIterator, Callable

from aiohttp import web

from bot.logs import logger
from bot.services import Services, build
from bot.settings import Settings
from bot.store.migrating import migrate
from bot.store.protecting import protect
from bot.web.app import DOORSTEP, make_app

log = logger(__name__)

GRACE = 15.0
"""Seconds that calls under way may take after the hub was told to stop."""
IDLE = 75.0
"""Seconds an open connection may be silent between two requests."""


@contextlib.asynccontextmanager
async def working(services: Services) -> AsyncIterator[Services]:
    """The hub's own workers run inside the block; leaving it drains them in the order messages flow."""
    workers = [
        asyncio.create_task(work(), name=name)
        for name, work in (
            ("inline", services.inline.run),
            ("outbox", services.outbox.run),
            ("fetcher", services.fetcher.run),
            ("poller", services.poller.run),
            ("whispers", services.whispers.run),
        )
    ]
    try:
        await services.learning.editors.refresh()
        await services.rulebook.refresh()
        services.scheduler.start()
        yield services
    finally:
        await services.poller.stop()
        await services.hub.drain()
        await services.scheduler.stop()
        await services.office.drain()
        await services.outbox.stop()
        await services.fetcher.stop()
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        with contextlib.suppress(Exception):
            await services.inline.flush()
        for account in services.accounts:
            await account.adapter.close()
        await services.http.close()
        await services.database.close()


async def run(settings: Settings, *, ready: Callable[[str], None]) -> None:
    """Migrate, start, serve until SIGTERM or SIGINT, stop. ``ready`` is called with the address once it answers."""
    await migrate(settings.house.store.url)
    services = build(settings)
    await protect(services.database)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    # What was built lives as long as the process: the collector need not look at it again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    async with working(services):
        app = make_app(services)
        runner = web.AppRunner(
            app, access_log=None, handler_cancellation=False, shutdown_timeout=GRACE, keepalive_timeout=IDLE
        )
        await runner.setup()
        assert runner.server is not None
        watching = asyncio.create_task(app[DOORSTEP].watch(runner.server), name="doorstep")
        site = web.TCPSite(runner, settings.house.web.host, settings.house.web.port, backlog=1024)
        await site.start()
        host, port = runner.addresses[0][:2]
        log.info("ready", action="hub.ready", host=host, port=port)
        ready(f"http://{host}:{port}")
        await stop.wait()
        log.info("stopping", action="hub.stopping")
        watching.cancel()
        await runner.cleanup()
    log.info("stopped", action="hub.stopped")
