"""Weibo's signature, by its own published example and one of ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from channels.adapter import Request
from channels.errors import BadSignature, TooLarge
from channels.weibo.signing import Signer
from tests.channels.contract.case import NOW
from tests.channels.contract.cases import Trial
from tests.channels.weibo.case import CASES, SECRET, called

WEIBO: Any = Trial("weibo", CASES[0]).adapter()
VECTORS = [
    # (App Secret, milliseconds, nonce, signature): the wiki's page, and one of the project's own
    ("xyz123xyz", "1397022061823", "57155157", "90e4c22c90a58f26526c2dd5b6c56c8822edeaa1"),
    ("hubAppSecret123", "1767225600000", "88442211", "d33285b00a9c01a5973e083e9d1d62804f8587ac"),
]


@pytest.mark.parametrize(("secret", "timestamp", "nonce", "signature"), VECTORS)
def test_the_published_vectors(secret: str, timestamp: str, nonce: str, signature: str) -> None:
    assert Signer(secret).sign(timestamp, nonce) == signature
    Signer(secret).check({"timestamp": timestamp, "nonce": nonce, "signature": signature})
    with pytest.raises(BadSignature):
        Signer(secret).check({"timestamp": timestamp, "nonce": nonce, "signature": signature[:-1]})


def test_the_check_of_the_address_is_answered_at_any_age() -> None:
    adapter: Any = Trial("weibo", CASES[0]).adapter(over={"app_secret": "xyz123xyz"})
    _, timestamp, nonce, signature = VECTORS[0]
    query = {"nonce": nonce, "timestamp": timestamp, "echostr": "dnPdpTZz85", "signature": signature}
    asked = Request(method="GET", query=query, headers={}, body=b"", received_at=NOW)
    assert adapter.verify(asked).body == b"dnPdpTZz85"
    with pytest.raises(BadSignature):
        adapter.verify(replace(asked, query={**query, "echostr": ""}))
    with pytest.raises(BadSignature):
        adapter.verify(replace(asked, query={**query, "nonce": "57155158"}))


def test_an_old_call_is_refused_because_its_body_is_not_signed() -> None:
    call = called("", b"{}")
    assert WEIBO.verify(replace(call, received_at=NOW + timedelta(seconds=590))) is None
    for late in (timedelta(seconds=601), timedelta(seconds=-601)):
        with pytest.raises(BadSignature, match="clock"):
            WEIBO.verify(replace(call, received_at=NOW + late))
    seconds = str(int(NOW.timestamp()))
    query = {"timestamp": seconds, "nonce": "1", "signature": Signer(SECRET).sign(seconds, "1")}
    with pytest.raises(BadSignature, match="clock"):
        WEIBO.verify(replace(call, query=query))  # seconds where milliseconds belong


def test_nothing_so_large_comes_from_weibo() -> None:
    with pytest.raises(TooLarge):
        WEIBO.verify(called("", b" " * (128 * 1024 + 1)))
