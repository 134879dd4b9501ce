"""The table of jobs: what runs by the clock, how often, and whether once in the whole city or in every process."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from bot.jobs import callbacks, clocks
from bot.office import Office
from bot.retention import Retention
from bot.scheduler import Job

_SECOND, _MINUTE, _HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def of_tickets(office: Office) -> list[Job]:
    """Jobs over tickets; each slot of them runs once in the whole city."""
    return [
        Job("ticket.call_back", 5 * _SECOND, partial(callbacks.call_back, office)),
        Job("ticket.auto_sign", 30 * _SECOND, partial(clocks.auto_sign, office)),
        Job("ticket.late_helpers", _MINUTE, partial(clocks.find_late_helpers, office)),
        Job("ticket.escalate_requests", _MINUTE, partial(clocks.escalate_requests, office)),
        Job("ticket.escalate_consultations", _MINUTE, partial(clocks.escalate_consultations, office)),
        Job("ticket.recount", 6 * _HOUR, partial(clocks.recount, office)),
    ]


def of_retention(retention: Retention) -> list[Job]:
    """Jobs that forget; each slot of them runs once in the whole city."""
    return [
        Job("retention.chat", _HOUR, retention.forget_chat),
        Job("retention.tickets", _HOUR, retention.anonymise),
        Job("retention.audit", 24 * _HOUR, retention.forget_audit),
    ]
