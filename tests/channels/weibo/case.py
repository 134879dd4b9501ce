"""What the contract suite asks with: an account that takes private messages, one that also looks around, Weibo's errors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from channels.adapter import Media, Pollable, Request, Webhook
from channels.errors import Credential, Later, Never, SendError, WindowClosed
from channels.message import Address, Outbound, Say
from channels.weibo.errors import CODES
from channels.weibo.signing import Signer
from tests.channels.contract.case import NOW, Case
from tests.channels.weibo.peer import PUBLIC_TOKEN, TOKEN, UID, playing

SECRET = "hubAppSecret123"
ACCOUNT = {"uid": UID, "app_secret": SECRET, "access_token": TOKEN}
WATCHING = {
    **ACCOUNT,
    "public": ["mentions", "comment_mentions", "comments"],
    "public_token": PUBLIC_TOKEN,
    "public_ip": "203.0.113.7",
}
_STAMP, _NONCE = str(int(NOW.timestamp() * 1000)), "88442211"


def called(_name: str, body: bytes) -> Request:
    """Weibo's call, a second after it was signed."""
    query = {"signature": Signer(SECRET).sign(_STAMP, _NONCE), "timestamp": _STAMP, "nonce": _NONCE}
    at = NOW + timedelta(seconds=1)
    return Request(method="POST", query=query, headers={}, body=body, received_at=at)


def forged(request: Request) -> Iterable[Request]:
    """Each part of the proof spoiled or missing, and a genuine one that is a day old."""
    for name in ("signature", "timestamp", "nonce"):
        value = request.query[name]
        for at, letter in enumerate(value):
            other = "1" if letter == "0" else "0"
            yield _asking(request, **{name: value[:at] + other + value[at + 1 :]})
        for other in ("", value[:-1], value.upper() + "x", "密", "\udcff"):
            yield _asking(request, **{name: other})
        yield replace(request, query={key: kept for key, kept in request.query.items() if key != name})
    yield replace(request, method="PUT")
    yield replace(request, received_at=NOW + timedelta(days=1))


def _asking(request: Request, **query: str) -> Request:
    return replace(request, query={**request.query, **query})


_DECISIONS: Mapping[type[SendError], str] = {
    Later: "10001 10002 10003 10009 10010 10011 21331 10022 10023 10024 20016 20017 20019 20111 20306",
    Credential: "10004 20015 20022 10005 10006 10012 10013 10014 21301 21321 21330 21314 21315 21316 21317 21327 21332",
    Never: "10007 10008 10016 10017 10018 10020 10021 20003 20008 20012 20013 20018 20020 20021 20104 20202 20302 20031 "
    "20507 20101 20132 20201 20206 20207 99999",
    WindowClosed: "20301 20508",
}
EXPECTED = {code: decision for decision, codes in _DECISIONS.items() for code in codes.split()}
OUTBOUND = Outbound(key="hub-1", address=Address("weibo", "city", "5000067890"), body=Say("您好，已收到"))


def _away(port: int) -> Mapping[str, str]:
    return {"message_base": f"http://127.0.0.1:{port}"}


_SHARED = {
    "samples": "messages",
    "signed": called,
    "forgeries": forged,
    "outbound": OUTBOUND,
    "peer": playing,
    "away": _away,
    "codes": EXPECTED,
    "error_table": CODES,
    "required": ("uid", "app_secret", "access_token"),
}
CASES = (
    Case(name="messages", settings=ACCOUNT, secrets=("app_secret", "access_token"), speaks=(Webhook, Media), **_SHARED),
    Case(
        name="watching",
        settings=WATCHING,
        secrets=("app_secret", "access_token", "public_token"),
        speaks=(Webhook, Pollable, Media),
        **_SHARED,
    ),
)
