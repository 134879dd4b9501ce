"""WeChat's server as the tests play it, with wechatpy's own encryption."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from itertools import count

from wechatpy.crypto import WeChatCrypto

TOKEN, APP_ID = "frontDoorToken01", "wx0123456789abcdef"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
SETTINGS = {"app_id": APP_ID, "app_secret": "s" * 32, "token": TOKEN, "aes_key": AES_KEY}

_ids = count(24_000_000_000_000_000)
_TEXT = """<xml><ToUserName><![CDATA[gh_city]]></ToUserName><FromUserName><![CDATA[{peer}]]></FromUserName>
<CreateTime>{at}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content>
<MsgId>{id}</MsgId></xml>"""


@dataclass(frozen=True)
class Call:
    """One callback: the query and the body, to be sent once or again."""

    query: dict[str, str]
    body: str = field(repr=False)


def text(peer: str, words: str) -> Call:
    """A citizen's text message."""
    return sealed(_TEXT.format(peer=peer, at=int(time.time()), text=words, id=next(_ids)))


def sealed(xml: str) -> Call:
    """Any inner XML, encrypted and signed."""
    nonce, timestamp = "nonce42", str(int(time.time()))
    outer = WeChatCrypto(TOKEN, AES_KEY, APP_ID).encrypt_message(xml, nonce, timestamp)
    signature = ET.fromstring(outer).findtext("MsgSignature") or ""
    query = {"timestamp": timestamp, "nonce": nonce, "msg_signature": signature, "encrypt_type": "aes"}
    return Call(query, outer)


def opened(answer: str) -> str:
    """The words of a passive reply."""
    outer = ET.fromstring(answer)
    signature, timestamp, nonce = (outer.findtext(tag) or "" for tag in ("MsgSignature", "TimeStamp", "Nonce"))
    inner = WeChatCrypto(TOKEN, AES_KEY, APP_ID).decrypt_message(answer, signature, timestamp, nonce)
    return ET.fromstring(inner).findtext("Content") or ""
