"""The passive reply: what WeChat reads in our response."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy import parse_message

from channels.message import Choice, Say
from channels.wechat.crypto import Seal, Signer
from channels.wechat.fields import read
from tests.channels.contract.cases import Trial
from tests.channels.wechat.case import AES_KEY, APP_ID, CASES, TOKEN, plain, sealed
from tests.channels.wechat.test_parse import sample

SAFE: Any = Trial("wechat", CASES[0]).adapter()
PLAIN: Any = Trial("wechat", CASES[1]).adapter()
CALL = plain("", sample("text"))


def said(body: bytes) -> str:
    return str(parse_message(body).content or "")


@pytest.mark.parametrize("reply", [None, Say(""), Say(" \n"), Say("\x00\x1f")])
def test_nothing_to_say(reply: Say | None) -> None:
    assert PLAIN.answer(CALL, reply).body == b"success"
    assert SAFE.answer(sealed("", sample("text")), reply).body == b"success"


def test_the_reply_is_sealed_signed_and_addressed() -> None:
    request = sealed("", sample("text"))
    answer = SAFE.answer(request, Say("已受理"))
    outer = read(answer.body)
    secret = outer.get("Encrypt")
    assert outer.get("MsgSignature") == Signer(TOKEN).sign(outer.get("TimeStamp"), outer.get("Nonce"), secret)
    inner = read(Seal(aes_key=AES_KEY, app_id=APP_ID).open(secret))
    assert inner.get("ToUserName") == "oQc7a5Jx0kLmN2pRsTuVwXyZ1234"
    assert inner.get("FromUserName") == "gh_7a1c0e95d2b4"
    assert inner.get("CreateTime") == str(int(request.received_at.timestamp()))
    assert inner.get("Content") == "已受理"


@given(st.text(max_size=3000))
def test_any_words_arrive_as_words_and_fit(words: str) -> None:
    body = PLAIN.answer(CALL, Say(words)).body
    if body == b"success":
        return
    fields = read(body)
    content = fields.get("Content")
    assert len(content.encode()) <= 2048
    assert said(body) == content
    assert "Evil" not in fields


@given(st.text(alphabet="]>[<!CDATA&;路🙏\x00", min_size=1, max_size=60))
def test_no_words_become_elements(words: str) -> None:
    body = PLAIN.answer(CALL, Say(f"a{words}<Evil>1</Evil>")).body
    fields = read(body)
    assert "Evil" not in fields
    assert fields.get("Content") == f"a{words}<Evil>1</Evil>".replace("\x00", "")


def test_choices_are_listed_and_survive_a_long_text() -> None:
    choices = (Choice("r.5", "满意", "5"), Choice("r.1", "不满意"))
    assert said(PLAIN.answer(CALL, Say("请评价", choices)).body) == "请评价\n5 满意 2 不满意"
    long = said(PLAIN.answer(CALL, Say("路" * 2000, choices)).body)
    assert long.endswith("5 满意 2 不满意")
    assert len(long.encode()) <= 2048


@pytest.mark.parametrize("status", [500, 503])
def test_refusing_is_no_answer(status: int) -> None:
    response = PLAIN.refuse(CALL, status)
    assert (response.status, response.body) == (status, b"")
