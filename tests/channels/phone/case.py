"""What the contract suite asks with: a hotline whose switchboard calls us, and two whose switchboard we listen to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from channels.adapter import Pollable, Request, Webhook
from channels.signature import signature
from tests.channels.contract.case import NOW, Case

SECRET = "a hook secret of the tests"
PASSWORD = "a password of the tests"
STAMP = str(int(NOW.timestamp()))


def signed(_name: str, body: bytes, *, stamp: str = STAMP) -> Request:
    """The bridge's call."""
    headers = {"x-hub-timestamp": stamp, "x-hub-signature": signature(SECRET, ts=stamp, body=body)}
    return Request(method="POST", query={}, headers=headers, body=body, received_at=NOW)


def forged(request: Request) -> Iterable[Request]:
    """A byte of the body, the proof or the time spoiled, a part missing, and what was signed too early or too late."""
    proof = request.headers["x-hub-signature"]
    for at in range(len(request.body)):
        yield replace(request, body=request.body[:at] + bytes((request.body[at] ^ 1,)) + request.body[at + 1 :])
    for at, letter in enumerate(proof):
        spoiled = proof[:at] + chr(ord(letter) ^ 1) + proof[at + 1 :]
        yield replace(request, headers={**request.headers, "x-hub-signature": spoiled})
    for other in (STAMP[:-1] + "1", "", "-1", "１７６７", "\udcff"):
        yield replace(request, headers={**request.headers, "x-hub-timestamp": other})
    for late in (-301, 301):
        yield signed("", request.body, stamp=str(int(STAMP) + late))
    yield signed("", request.body, stamp="soon")
    yield replace(request, headers={})
    yield replace(request, method="PUT")


CASES = (
    Case(
        name="webhook",
        settings={"hook_secret": SECRET},
        secrets=("hook_secret",),
        required=("hook_secret",),
        signed=signed,
        forgeries=forged,
    ),
    *(
        Case(
            name=name,
            settings={"hook_secret": SECRET, "lines": ["12345"], name: switchboard},
            secrets=("hook_secret",),
            required=("hook_secret", "lines"),
            speaks=(Webhook, Pollable),
            samples="with_switchboard",  # events of a bridge are taken there as well
            signed=signed,
            forgeries=forged,
        )
        for name, switchboard in (("ari", {"user": "hub", "password": PASSWORD}), ("esl", {"password": PASSWORD}))
    ),
)
