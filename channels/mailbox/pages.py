"""Fills the letter pages' templates."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from channels.mailbox.settings import Form

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # A letter page's address tells nothing, but the browser may say that we sent the form: it is how we know our own.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
STYLE = files("channels.mailbox").joinpath("page", "style.css").read_text("utf-8")


def page(name: str, *, form: Form, **blanks: Any) -> str:
    """The template ``name`` with its blanks filled; what citizens wrote is escaped."""
    return _templates().get_template(name).render(form=form, **blanks)


@cache
def _templates() -> Environment:
    loader = PackageLoader("channels.mailbox", "page")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
