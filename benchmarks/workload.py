"""The citizens of a benchmark: half ask questions, half report something step by step, all in WeChat's safe mode."""

from __future__ import annotations

import base64
import hashlib
import os
import random
import struct
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

TOKEN = "benchmarkToken01"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APP_ID = "wx0123456789abcdef"

STREETS = ("明湖西路", "经十路", "文化东路", "历山路", "泉城路", "北园大街", "工业南路", "旅游路", "解放路", "英雄山路")
DISTRICTS = ("历下区", "市中区", "槐荫区", "天桥区", "历城区")
REPORTS = (
    "{street}{n}号门口的路灯不亮了，晚上很黑",
    "楼下烧烤店天天晚上冒烟，在{street}{n}号，呛得睡不着",
    "{district}{street}{n}号附近有个大坑，车都过不去",
    "我们小区垃圾三天没人清理了，{street}{n}号院",
    "{street}{n}号工地半夜还在施工，吵得没法睡觉",
)
PLACES = ("{district}{street}{n}号", "{district}{street}和{street2}路口", "{district}{street}{n}号院2号楼")
WHENS = ("大概半个月了，每天晚上8点以后", "从昨天开始", "三天前", "一个多月了")
QUESTIONS = (
    "请问今年几号开始供暖",
    "公积金怎么提取",
    "身份证丢了怎么补办",
    "孩子上小学需要什么材料",
    "医保异地就医怎么备案",
    "怎么查询社保缴费记录",
    "居住证怎么办理",
    "物业费太高了找谁反映",
    "失业金怎么领",
    "结婚登记需要带什么",
    "驾驶证到期怎么换证",
    "暖气不热怎么办",
    "水费怎么交",
    "不动产证办理要多久",
    "老年证在哪里办",
    "营业执照怎么申请",
)


@dataclass(frozen=True, slots=True)
class Shot:
    """One HTTP request, ready to be written to a socket."""

    raw: bytes
    citizen: int


class Crypto:
    """WeChat's safe mode, the sending side (protocols: AES-256-CBC, PKCS#7 to 32 bytes)."""

    def __init__(self) -> None:
        self._key = base64.b64decode(AES_KEY + "=")

    def encrypt(self, xml: bytes) -> str:
        """The Encrypt element's content."""
        plain = os.urandom(16) + struct.pack(">I", len(xml)) + xml + APP_ID.encode()
        pad = 32 - len(plain) % 32
        encryptor = Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16])).encryptor()
        return base64.b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()


def sign(*parts: str) -> str:
    """WeChat's signature."""
    return hashlib.sha1("".join(sorted((TOKEN, *parts))).encode()).hexdigest()


def said(citizen: int, step: int, rng: random.Random) -> str:
    """What this citizen writes at this step: even ones consult, odd ones report."""
    if citizen % 2 == 0:
        return rng.choice(QUESTIONS) if step % 2 == 0 else "1"
    words = {
        "street": rng.choice(STREETS),
        "street2": rng.choice(STREETS),
        "district": rng.choice(DISTRICTS),
        "n": rng.randrange(1, 300),
    }
    steps = (rng.choice(REPORTS), rng.choice(PLACES), rng.choice(WHENS), "没有", "提交")
    return steps[step % len(steps)].format(**words)


def shots(path: str, *, citizens: int, steps: int, seed: int, first: int = 0) -> Iterator[Shot]:
    """``citizens`` x ``steps`` requests; a citizen's own come in order, far apart. ``first`` is the first one's number."""
    rng, crypto, msg_id = random.Random(seed), Crypto(), random.Random(seed).randrange(10**15)
    for step in range(steps):
        for citizen in range(first, first + citizens):
            msg_id += 1
            text = said(citizen, step, rng)
            yield Shot(_request(path, crypto, citizen, text, msg_id), citizen)


def _request(path: str, crypto: Crypto, citizen: int, text: str, msg_id: int) -> bytes:
    now = str(int(time.time()))
    openid = f"oBench{citizen:022d}"
    xml = (
        "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>"
        f"<FromUserName><![CDATA[{openid}]]></FromUserName><CreateTime>{now}</CreateTime>"
        f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content><MsgId>{msg_id}</MsgId></xml>"
    )
    encrypted, nonce = crypto.encrypt(xml.encode()), str(msg_id % 10**9)
    query = (
        f"signature={sign(now, nonce)}&timestamp={now}&nonce={nonce}&openid={openid}"
        f"&encrypt_type=aes&msg_signature={sign(now, nonce, encrypted)}"
    )
    body = (
        f"<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    ).encode()
    head = f"POST {path}?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def entries(count: int) -> Iterator[Sequence[str]]:
    """Rows of a made-up knowledge base (question, similar, answer, source, unit, category), all different."""
    things = (
        "居住证",
        "社保卡",
        "公积金",
        "营业执照",
        "不动产证",
        "驾驶证",
        "老年证",
        "残疾证",
        "护照",
        "准生证",
        "医保",
        "学籍",
        "户口",
        "车牌",
        "低保",
    )
    acts = ("办理", "补办", "注销", "变更", "查询", "年审", "转移", "提取", "登记", "申诉")
    asks = ("需要什么材料", "多长时间能办好", "在哪里办", "可以代办吗", "收费标准是多少", "网上怎么操作")
    for number in range(count):
        thing, act, ask = things[number % 15], acts[number // 15 % 10], asks[number // 150 % 6]
        place = f"{DISTRICTS[number // 900 % 5]}{STREETS[number // 4500 % 10]}第{number // 900}办事处"
        question = f"在{place}{act}{thing}{ask}"
        answer = (
            f"在{place}{act}{thing}，请携带本人有效身份证件及相关证明材料，工作日上午八点半至十二点、下午一点半至五点半到窗口提交。"
            f"材料齐全的，五个工作日内办结；材料不齐的，窗口一次性告知需要补正的全部内容。也可以通过市政务服务网预约办理，"
            f"预约号当日有效。需要他人代办的，代办人应携带委托书和双方身份证件。编号{number}。"
        )
        yield question, f"{thing}{act}{ask}（{place}）", answer, "《泉城市政务服务办法》", "M24", "1601"
