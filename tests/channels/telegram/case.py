"""What the contract suite asks with: a bot that polls and one that is called, the updates they read, and Telegram's errors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from channels.adapter import Media, Pollable, Request, Webhook
from channels.errors import Credential, Later, Never, OptedOut, SendError, Unknown
from channels.message import Address, Choice, Outbound, Say
from channels.telegram.errors import VERDICTS
from tests.channels.contract.case import NOW, Case
from tests.channels.telegram.peer import TOKEN, playing

SECRET = "a-webhook-secret-of-the-tests"
_HEADER = "x-telegram-bot-api-secret-token"
POLLED = {"token": TOKEN}
HOOKED = {
    "token": TOKEN,
    "mode": "webhook",
    "webhook_secret": SECRET,
    "public_url": "https://12345.example.cn",
}


def called(_name: str, body: bytes) -> Request:
    """Telegram's call."""
    headers = {"content-type": "application/json", _HEADER: SECRET}
    return Request(method="POST", query={}, headers=headers, body=body, received_at=NOW)


def forged(request: Request) -> Iterable[Request]:
    """The secret spoiled at each place, missing, or in the wrong sort of call."""
    for at, letter in enumerate(SECRET):
        yield _with(request, SECRET[:at] + chr(ord(letter) ^ 1) + SECRET[at + 1 :])
    for other in ("", SECRET[:-1], SECRET + "x", SECRET.upper(), "密" * len(SECRET), "\udcff"):
        yield _with(request, other)
    yield replace(request, headers={})
    yield replace(request, method="GET")


def _with(request: Request, secret: str) -> Request:
    return replace(request, headers={**request.headers, _HEADER: secret})


_CODES: Mapping[type[SendError], str] = {
    Never: "400|400 chat not found|400 group chat was upgraded|403 bot can't send messages to bots|413",
    OptedOut: "403",
    Credential: "401|404|409",
    Later: "429|500|502|400 wrong file_id or the file is temporarily",
    Unknown: "504",
}
_SHARED = {
    "outbound": Outbound(
        key="hub-1",
        address=Address("telegram", "city", "77"),
        body=Say("请对办理情况评价", (Choice("survey:2609180002175:satisfaction:satisfied", "满意", "1"),)),
    ),
    "peer": playing,
    "away": lambda port: {"base_url": f"http://127.0.0.1:{port}/bot"},
    "codes": {code: error for error, codes in _CODES.items() for code in codes.split("|")},
    "error_table": VERDICTS,
}
CASES = (
    Case(
        name="polling",
        settings=POLLED,
        secrets=("token",),
        required=("token",),
        speaks=(Pollable, Media),
        **_SHARED,
    ),
    Case(
        name="webhook",
        settings=HOOKED,
        secrets=("token", "webhook_secret"),
        required=("token", "webhook_secret", "public_url"),
        speaks=(Webhook, Pollable, Media),
        signed=called,
        forgeries=forged,
        **_SHARED,
    ),
)
