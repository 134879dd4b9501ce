"""What the hub writes about itself: one JSON line a happening, with an ``action`` and never a citizen's words."""

from __future__ import annotations

import logging
import queue
import sys
from collections.abc import MutableMapping
from logging.handlers import QueueHandler, QueueListener
from typing import Any

import structlog

SAYABLE = frozenset(
    {
        "action", "account", "address", "attempt", "batch", "channel", "code", "count", "error", "error_class",
        "error_id", "event", "host", "job", "kind", "level", "logger", "missing", "name", "number", "outcome", "path",
        "port", "reason", "route", "seconds", "size", "state", "status", "timestamp", "url", "version", "why",
    }
)  # fmt: skip
"""Keys a record may carry. Anything else is dropped: a new key must be added here, by somebody who thought of privacy."""

_OWN = {"_record", "_from_structlog"}
"""What the logging library itself passes along and removes again."""
LOUD = ("apscheduler", "alembic", "asyncio", "aiohttp")
"""Libraries that tell of every tick; only their warnings are kept."""

Event = MutableMapping[str, Any]


def only_sayable(_logger: object, _method: str, event: Event) -> Event:
    """Drop every key nobody has declared harmless, and cut what is long enough to be somebody's words."""
    kept = {key: value for key, value in event.items() if key in SAYABLE or key in _OWN}
    if len(kept) < len(event):
        kept["dropped"] = len(event) - len(kept)
    return {key: value[:200] if isinstance(value, str) else value for key, value in kept.items()}


def logger(name: str) -> Any:
    """A logger; every record must carry ``action="noun.verb"``."""
    return structlog.get_logger(name)


def start(level: str, *, style: str) -> QueueListener:
    """Route everything, libraries too, through a queue: a slow terminal never holds up a citizen.

    ``style`` is "json" or "console". Stop the returned listener at exit.
    """
    renderer: structlog.typing.Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if style == "console":
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        only_sayable,
    ]
    output = logging.StreamHandler(sys.stderr)
    output.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_quiet_library, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    root = logging.getLogger()
    root.handlers[:] = [_Keeping(records)]
    root.setLevel(level.upper())
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    listener = QueueListener(records, output)
    listener.start()
    return listener


class _Keeping(QueueHandler):
    """Passes records on as they are: the formatter, not the queue, makes text of them."""

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        record.exc_info = None  # a traceback can hold a message's words
        record.exc_text = None
        return record


def _quiet_library(_logger: object, _method: str, event: Event) -> Event:
    """A library's record: who said it and how loud, not what it said (it may quote a request)."""
    record: logging.LogRecord = event["_record"]
    kept = {key: event[key] for key in _OWN if key in event}
    return {"event": "library record", "action": "library.said", "name": record.name, **kept}
