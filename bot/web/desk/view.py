"""Makes the desk's pages from their templates, and keeps what must not be read in full out of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.words import desk as w
from bot.words import supervision as supervision_words
from tickets.scrub import masked
from tickets.ticket import State

FOLDER = Path(__file__).parent
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
}
STREAM = HEADERS | {"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"}
"""Of server-sent events: no proxy holds them back."""
ANSWERED = {State.TO_CALLBACK, State.CLOSED, State.WITHDRAWN, State.ANSWERED}
"""Nobody owes the citizen an answer any more: no limit runs."""


def discreet(text: str | None) -> str:
    """The text with the citizen's numbers reduced to their ends, for who may read the words themselves."""
    return masked(text or "")


def limit(row: Mapping[str, Any], now: datetime) -> tuple[str, str]:
    """How a ticket's limit stands: words, and "late", "soon" or ""."""
    due: datetime | None = row["due_at"]
    if due is None or row["state"] in ANSWERED:
        return "—", ""
    hours = (due - now).total_seconds() / 3600
    if hours < 0:
        return f"已超期{_span(-hours)}", "late"
    return f"还有{_span(hours)}", "soon" if hours < 24 else ""


def _span(hours: float) -> str:
    if hours < 1:
        return f"{max(int(hours * 60), 1)}分钟"
    return f"{int(hours)}小时" if hours < 48 else f"{int(hours / 24)}天"


class Pages:
    """The templates of a ``folder``, ready to be filled."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(folder / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(words=w, supervision=supervision_words, limit=limit)
        self._templates.filters.update(discreet=discreet, moment=w.moment)

    def page(self, template: str, *, status: int = 200, **blanks: Any) -> web.Response:
        """A filled page as an answer."""
        text = self._templates.get_template(template).render(blanks)
        return web.Response(text=text, status=status, content_type="text/html", headers=HEADERS)
