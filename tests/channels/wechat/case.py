"""What the contract suite asks with: the account, WeChat's way of calling, and its error codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from channels.adapter import Media, Request, Webhook
from channels.errors import Credential, Later, Never, OptedOut, SendError, Unknown, WindowClosed
from channels.message import Address, Outbound, Say
from channels.wechat.crypto import Seal, Signer
from channels.wechat.errors import CODES
from tests.channels.contract.case import Case
from tests.channels.wechat.peer import playing

TOKEN = "cityhubToken01"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APP_ID = "wx0123456789abcdef"
ACCOUNT = {"app_id": APP_ID, "app_secret": "a-secret-of-the-tests", "token": TOKEN, "aes_key": AES_KEY}
PLAIN = {**ACCOUNT, "mode": "plain"}

CALLED = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
_STAMP = str(int(CALLED.timestamp()))
_NONCE = "1320562132"


def call(body: bytes, query: dict[str, str], *, method: str = "POST") -> Request:
    """A call that arrives one second after WeChat signed it."""
    return Request(method=method, query=query, headers={}, body=body, received_at=CALLED + timedelta(seconds=1))


def sealed(_name: str, inner: bytes) -> Request:
    """The call of safe mode."""
    secret = Seal(aes_key=AES_KEY, app_id=APP_ID).close(inner)
    envelope = f"<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[{secret}]]></Encrypt></xml>"
    sign = Signer(TOKEN).sign
    query = {
        "signature": sign(_STAMP, _NONCE),
        "timestamp": _STAMP,
        "nonce": _NONCE,
        "encrypt_type": "aes",
        "msg_signature": sign(_STAMP, _NONCE, secret),
    }
    return call(envelope.encode(), query)


def plain(_name: str, body: bytes) -> Request:
    """The call of 明文 mode: its signature does not cover the body."""
    query = {"signature": Signer(TOKEN).sign(_STAMP, _NONCE), "timestamp": _STAMP, "nonce": _NONCE}
    return call(body, query)


def _spoiled(request: Request, *names: str) -> Iterable[Request]:
    for name in names:
        value = request.query[name]
        flipped = value[:-1] + ("0" if value[-1] != "0" else "1")
        yield replace(request, query={**request.query, name: flipped})
        yield replace(request, query={**request.query, name: ""})
        yield replace(request, query={key: kept for key, kept in request.query.items() if key != name})


def forged_sealed(request: Request) -> Iterable[Request]:
    """Every signed part spoiled, and each of some bytes of the encrypted text."""
    yield from _spoiled(request, "msg_signature", "timestamp", "nonce")
    start = request.body.index(b"<Encrypt><![CDATA[") + 18
    end = request.body.index(b"]]></Encrypt>")
    for at in range(start, end, 37):
        other = b"A" if request.body[at : at + 1] != b"A" else b"B"
        yield replace(request, body=request.body[:at] + other + request.body[at + 1 :])


def forged_plain(request: Request) -> Iterable[Request]:
    """The signed parts spoiled."""
    yield from _spoiled(request, "signature", "timestamp", "nonce")


OUTBOUND = Outbound(key="hub-1", address=Address("wechat", "city", "oCitizen"), body=Say("您好，已收到"))

_DECISIONS: tuple[tuple[type[SendError], str], ...] = (
    (Later, "-1 61450 45009 45011 45066"),
    (Credential, "40001 40014 42001 40002 40013 40125 40243 41001 41002 41003 41004 40164 61004 45035"),
    (Credential, "48001 48003 48004 48006 48008 50001 50002 61452 61453 61454 61455 61456 61457"),
    (OptedOut, "43004 50005 48002"),
    (WindowClosed, "43101 45015 45047"),
    (Never, "40003 46004 43019 45001 45002 45003 45004 45005 45006 45007 45008 40005 40006 40008 40009 40010"),
    (Never, "40011 40012 40118 40121 40137 44001 44002 44003 44004 40004 40007 41005 41006 40033 40035 47001"),
    (Never, "61451 40037 47003 41030 40102 45026 45027 45067 40200"),
    (Never, "40015 40016 40017 40018 40019 40020 40021 40022 40023 40024 40025 40026 40027 40054 40055 46003"),
    (Never, "40052 40053"),
    (Unknown, "9001002"),
)
EXPECTED = {code: decision for decision, codes in _DECISIONS for code in codes.split()}

_SHARED = {
    "secrets": ("app_secret", "token", "aes_key"),
    "speaks": (Webhook, Media),
    "outbound": OUTBOUND,
    "peer": playing,
    "codes": EXPECTED,
    "error_table": tuple(str(code) for code in CODES),
}
CASES = (
    Case(
        name="safe",
        settings=ACCOUNT,
        required=("app_id", "app_secret", "token", "aes_key"),
        signed=sealed,
        forgeries=forged_sealed,
        **_SHARED,
    ),
    Case(
        name="plain",
        settings=PLAIN,
        required=("app_id", "app_secret", "token"),
        signed=plain,
        forgeries=forged_plain,
        **_SHARED,
    ),
)
