"""Tells what a machine wrote: automatic replies, lists, bounces, spam, our own words. It is kept and never answered."""

from __future__ import annotations

import re
from collections.abc import Collection

from channels.mailbox.headers import Headers

_AUTO_HEADERS = ("x-autoreply", "x-autorespond", "x-auto-reply", "x-autoresponder", "x-mdn-notification")
_SENDERS = re.compile(
    r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|noreply.*|bounces?(?:[+-].*)?|mail-?daemon|mdaemon)@",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"^\s*(?:自动回复|自動回覆|自动答复|\[自动回复|【自动回复|Auto:|Automatic reply|Auto-?Reply|Autoreply|Out of (?:the )?Office)",
    re.IGNORECASE,
)
_BULK = frozenset({"bulk", "junk", "list", "auto_reply"})


def machine(headers: Headers, *, sender: str, subject: str, content_type: str, own: Collection[str]) -> str:
    """Why this is a machine's mail ("auto-submitted", "list" …), "" for a person's. ``own`` are our addresses in lower
    case. (RFC 3834, RFC 2919, RFC 5321 §4.5.5; protocols.md §4.4.)"""
    signs = (
        ("own", sender.lower() in own or any(one.lower() in own for one in headers.all("x-loop"))),
        ("auto-submitted", _said(headers, "auto-submitted") not in ("", "no")),
        ("null return path", "return-path" in headers and headers.raw("return-path").strip() == "<>"),
        ("precedence", _said(headers, "precedence") in _BULK),
        ("list", any(name.startswith("list-") for name in headers)),
        ("suppress", bool(headers.raw("x-auto-response-suppress").strip()) and not _harmless(headers)),
        ("auto header", any(name in headers and _said(headers, name) not in ("no", "false") for name in _AUTO_HEADERS)),
        ("report", content_type == "multipart/report"),
        ("sender", bool(_SENDERS.match(sender))),
        ("subject", bool(_SUBJECT.match(subject))),
        ("spam", _said(headers, "x-spam-flag") == "yes" or _said(headers, "x-spam-status") == "yes"),
    )
    return next((why for why, found in signs if found), "")


def _said(headers: Headers, name: str) -> str:
    """The first word of a line, in lower case."""
    return re.split(r"[\s;,]", headers.raw(name).strip().lower(), maxsplit=1)[0]


def _harmless(headers: Headers) -> bool:
    """Asking for no delivery or read reports says nothing about who writes (Outlook does so for people)."""
    asked = {one.strip() for one in headers.raw("x-auto-response-suppress").lower().split(",")}
    return not asked & {"all", "autoreply", "oof"}
