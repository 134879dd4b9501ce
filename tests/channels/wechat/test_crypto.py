"""Published vectors, and codecs nobody here wrote: wechatpy, and two packages for Node."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto

from channels.errors import BadSignature, Malformed
from channels.message import Kind, Say
from channels.wechat.crypto import Seal, Signer
from channels.wechat.fields import read
from tests.channels.contract.cases import Trial
from tests.channels.wechat import vectors
from tests.channels.wechat.case import AES_KEY, APP_ID, CALLED, CASES, TOKEN, call
from tests.npm import installed

SEAL = Seal(aes_key=AES_KEY, app_id=APP_ID)
SIGNER = Signer(TOKEN)
ADAPTER: Any = Trial("wechat", CASES[0]).adapter()
ROOT = Path(__file__).parents[3]
PACKAGES = ("wechat-crypto@0.0.2", "@wecom/crypto@1.0.1")


def test_the_url_check_of_the_official_page() -> None:
    settings = replace(CASES[0], settings={**CASES[0].settings, "token": vectors.URL_CHECK["token"]})
    adapter: Any = Trial("wechat", settings).adapter()
    query = {key: value for key, value in vectors.URL_CHECK.items() if key != "token"}
    answer = adapter.verify(call(b"", query, method="GET"))
    assert (answer.status, answer.body) == (200, b"4375120948345356249")
    for name in query:
        with pytest.raises(BadSignature):
            adapter.verify(call(b"", query | {name: ""}, method="GET"))


def test_vector_wx_1_in() -> None:
    assert SIGNER.sign(vectors.STAMP, vectors.NONCE) == vectors.SIGNATURE
    assert SIGNER.sign(vectors.STAMP, vectors.NONCE, vectors.ENCRYPT) == vectors.MSG_SIGNATURE
    assert SEAL.open(vectors.ENCRYPT) == vectors.INNER.encode()
    assert SEAL.close(vectors.INNER.encode(), prefix=b"0123456789abcdef") == vectors.ENCRYPT


def test_vector_wx_2_out() -> None:
    assert SEAL.close(vectors.REPLY.encode(), prefix=b"0123456789abcdef") == vectors.REPLY_ENCRYPT
    assert SIGNER.sign(vectors.REPLY_STAMP, vectors.NONCE, vectors.REPLY_ENCRYPT) == vectors.REPLY_SIGNATURE


@given(st.binary(max_size=3000))
def test_what_is_sealed_opens_again(message: bytes) -> None:
    assert SEAL.open(SEAL.close(message)) == message


@given(st.one_of(st.text(max_size=200), st.binary(max_size=64).map(lambda raw: SEAL.close(raw)[:-4])))
def test_what_was_not_sealed_is_malformed(sealed: str) -> None:
    with pytest.raises(Malformed):
        SEAL.open(sealed)


def test_a_message_for_another_account_is_malformed() -> None:
    with pytest.raises(Malformed, match="app id"):
        SEAL.open(Seal(aes_key=AES_KEY, app_id="wxother").close(b"<xml/>"))


def incoming(envelope: str, *, stamp: str, nonce: str, signature: str) -> Any:
    query = {"timestamp": stamp, "nonce": nonce, "msg_signature": signature, "encrypt_type": "aes"}
    return replace(call(envelope.encode(), query), received_at=CALLED)


def test_wechatpy_writes_and_we_read_and_the_reverse() -> None:
    theirs = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
    stamp = str(int(CALLED.timestamp()))
    envelope = theirs.encrypt_message(vectors.INNER, "n0nce", stamp)
    request = incoming(envelope, stamp=stamp, nonce="n0nce", signature=read(envelope.encode()).get("MsgSignature"))
    assert ADAPTER.verify(request) is None
    (message,) = ADAPTER.parse(request).messages
    assert (message.kind, message.text) == (Kind.TEXT, "路灯坏了，请处理")

    answer = ADAPTER.answer(request, Say("已受理 ]]><Evil>1</Evil>"))
    outer = read(answer.body)
    signed = outer.get("MsgSignature"), outer.get("TimeStamp"), outer.get("Nonce")
    reply = parse_message(theirs.decrypt_message(answer.body.decode(), *signed))
    assert reply.content == "已受理 ]]><Evil>1</Evil>"
    assert (reply.target, reply.source) == (message.address.peer, "gh_0123456789ab")


NODE = """
const [action, packageName, token, key, app, ...rest] = process.argv.slice(1);
const lib = require(packageName);
const out = {};
if (packageName === 'wechat-crypto') {
  const codec = new lib(token, key, app);
  if (action === 'seal') {
    out.encrypt = codec.encrypt(rest[0]);
    out.signature = codec.getSignature(rest[1], rest[2], out.encrypt);
  } else {
    out.signature = codec.getSignature(rest[1], rest[2], rest[0]);
    Object.assign(out, codec.decrypt(rest[0]));
  }
} else if (action === 'seal') {
  out.encrypt = lib.encrypt(key, rest[0], app);
  out.signature = lib.getSignature(token, rest[1], rest[2], out.encrypt);
} else {
  out.signature = lib.getSignature(token, rest[1], rest[2], rest[0]);
  Object.assign(out, lib.decrypt(key, rest[0]));
}
console.log(JSON.stringify(out));
"""
Node = Callable[..., dict[str, str]]


@pytest.fixture(scope="session")
def node() -> Node:
    """Runs one of the packages, installed once below var/."""
    home = installed("npm-wechat", PACKAGES)

    def run(action: str, package: str, *rest: str) -> dict[str, str]:
        command = ["node", "--no-deprecation", "-e", NODE, action, package, TOKEN, AES_KEY, APP_ID, *rest]
        done = subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=30, check=True)
        return dict(json.loads(done.stdout))

    return run


@pytest.mark.parametrize("package", ["wechat-crypto", "@wecom/crypto"])
def test_node_writes_and_we_read_and_the_reverse(node: Node, package: str) -> None:
    stamp = str(int(CALLED.timestamp()))
    made = node("seal", package, vectors.INNER, stamp, "n0nce")
    envelope = f"<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[{made['encrypt']}]]></Encrypt></xml>"
    request = incoming(envelope, stamp=stamp, nonce="n0nce", signature=made["signature"])
    assert ADAPTER.verify(request) is None
    (message,) = ADAPTER.parse(request).messages
    assert message.text == "路灯坏了，请处理"

    outer = read(ADAPTER.answer(request, Say("已受理，工单号 20260101-7 🙏")).body)
    opened = node("open", package, outer.get("Encrypt"), outer.get("TimeStamp"), outer.get("Nonce"))
    assert opened["signature"] == outer.get("MsgSignature")
    assert opened["id"] == APP_ID
    assert parse_message(opened["message"]).content == "已受理，工单号 20260101-7 🙏"
