"""The table of jobs: what runs by the clock, how often, and whether once in the whole city or in every process."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from bot.jobs import callbacks, clocks
from bot.office import Office
from bot.scheduler import Job

_SECOND, _HOUR = timedelta(seconds=1), timedelta(hours=1)


def of_tickets(office: Office) -> list[Job]:
    """Jobs over tickets; each slot of them runs once in the whole city."""
    return [
        Job("ticket.call_back", 5 * _SECOND, partial(callbacks.call_back, office)),
        Job("ticket.keep_time", 10 * _SECOND, partial(clocks.keep_time, office)),
        Job("ticket.recount", 6 * _HOUR, partial(clocks.recount, office)),
    ]
