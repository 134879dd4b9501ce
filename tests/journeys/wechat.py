"""A citizen on WeChat: seals and signs as WeChat does in safe mode, and opens what the hub answers."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import aiohttp

from channels.wechat.crypto import Seal, Signer
from channels.wechat.fields import read
from tests.channels.wechat.case import AES_KEY, APP_ID, TOKEN
from tests.channels.wechat.peer import WeChatPeer
from tests.journeys.clock import Clock

_SEAL = Seal(aes_key=AES_KEY, app_id=APP_ID)
_SIGN = Signer(TOKEN).sign
_IDS = itertools.count(24_000_000_000_000_001)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of WeChat, ready to be made, and made again."""

    query: dict[str, str]
    body: bytes


def text(words: str) -> str:
    """The elements of a text message."""
    return f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{words}]]></Content>"


def image(media_id: str) -> str:
    """The elements of a photo."""
    return f"<MsgType><![CDATA[image]]></MsgType><PicUrl></PicUrl><MediaId><![CDATA[{media_id}]]></MediaId>"


def video(media_id: str) -> str:
    """The elements of a video."""
    return (
        f"<MsgType><![CDATA[video]]></MsgType><MediaId><![CDATA[{media_id}]]></MediaId><ThumbMediaId>t</ThumbMediaId>"
    )


def location(latitude: float, longitude: float, label: str) -> str:
    """The elements of a point on the map."""
    return (
        f"<MsgType><![CDATA[location]]></MsgType><Location_X>{latitude}</Location_X>"
        f"<Location_Y>{longitude}</Location_Y><Scale>16</Scale><Label><![CDATA[{label}]]></Label>"
    )


def menu(id_: str) -> str:
    """The elements of a tapped button of a pushed menu."""
    return f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[未解决]]></Content><bizmsgmenuid>{id_}</bizmsgmenuid>"


def sealed(openid: str, elements: str, *, at: int, message_id: int) -> Call:
    """A message as WeChat posts it; ``at`` in seconds since 1970."""
    stamp, nonce = str(at), str(message_id % 10**9)
    inner = (
        f"<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName>"
        f"<CreateTime>{stamp}</CreateTime>{elements}<MsgId>{message_id}</MsgId></xml>"
    )
    secret = _SEAL.close(inner.encode())
    body = f"<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><Encrypt><![CDATA[{secret}]]></Encrypt></xml>"
    query = {
        "signature": _SIGN(stamp, nonce),
        "timestamp": stamp,
        "nonce": nonce,
        "openid": openid,
        "encrypt_type": "aes",
        "msg_signature": _SIGN(stamp, nonce, secret),
    }
    return Call(query, body.encode())


def opened(answer: bytes) -> str:
    """The words of a passive reply, "" where the hub said "success"."""
    if answer == b"success":
        return ""
    outer = read(answer)
    secret = outer.get("Encrypt")
    assert outer.get("MsgSignature") == _SIGN(outer.get("TimeStamp"), outer.get("Nonce"), secret)
    return read(_SEAL.open(secret)).get("Content")


def kind_of(answer: bytes) -> str:
    """What a passive reply is ("text", "transfer_customer_service"), "" where the hub said "success"."""
    return "" if answer == b"success" else read(_SEAL.open(read(answer).get("Encrypt"))).get("MsgType")


@dataclass(frozen=True, slots=True)
class WeChatCitizen:
    """One openid in front of the hub's real hook."""

    http: aiohttp.ClientSession
    hook: str
    peer: WeChatPeer
    clock: Clock
    openid: str = "oABCD1234567890abcdefghijklm"
    said: list[Call] = field(default_factory=list)

    async def say(self, elements: str) -> str:
        """Write one message (bare words are a text); returns the words of the passive reply."""
        if not elements.startswith("<"):
            elements = text(elements)
        call = sealed(self.openid, elements, at=int(self.clock.now().timestamp()), message_id=next(_IDS))
        self.said.append(call)
        status, answer = await self.post(call)
        assert status == 200, answer
        return opened(answer)

    async def post(self, call: Call) -> tuple[int, bytes]:
        """Make a call, as it is; returns status and body."""
        async with self.http.post(self.hook, params=call.query, data=call.body) as response:
            return response.status, await response.read()

    @property
    def offered(self) -> list[dict[str, str]]:
        """The buttons of each menu the hub pushed, label -> id."""
        menus = (content.get("msgmenu") for _, content, _ in self.peer.calls if content["touser"] == self.openid)
        return [{one["content"]: one["id"] for one in menu["list"]} for menu in menus if menu]

    @property
    def pushed(self) -> list[str]:
        """Everything the hub sent outside the responses, oldest first: the words, or a menu's."""
        words = []
        for path, content, _raw in self.peer.calls:
            if content["touser"] != self.openid or not path.endswith("custom/send"):
                continue
            menu = content.get("msgmenu")
            words.append(menu["head_content"] if menu else content["text"]["content"])
        return words
