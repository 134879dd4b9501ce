"""Text messages for the fault suite: two providers over HTTP, an SMPP centre and a CMPP gateway, each behind a line that
may break."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from tests.channels.sms.case import ALIYUN, HOOK_SECRET, TENCENT
from tests.channels.sms.gateway import CMPP, Gateway, gateway
from tests.channels.sms.peer import AliyunPeer, SmsPeer, TencentPeer, playing
from tests.channels.sms.smsc import Centre, centre
from tests.channels.sms.smsc_settings import SMPP
from tests.faults.case import CALLS_US, Case, Fault, Provider
from tests.faults.hooked import Call, Hooked
from tests.faults.kept import Kept
from tests.faults.proxy import Proxy, between
from tests.journeys.clock import CITY_TIME

PHONES = {"A": "13800138001", "B": "13800138002"}
_SERIALS = itertools.count(1)
_PATIENCE = 0.8
"""Seconds the gateway waits for our answer before it delivers again, under the same id."""


class _Http(Hooked):
    folder = "sms"
    busy: Sequence[str]
    login = ""

    def __init__(self, peer: SmsPeer, line: Proxy) -> None:
        self._peer: Any = peer
        self.lines = (line,)
        self.throttles = (*(lambda code=code: peer.refuse(code) for code in self.busy), self._crowded)  # type: ignore[misc]
        self.refuse_login = lambda: peer.refuse(self.login)
        self.account = self.settings | {"api_base": f"http://127.0.0.1:{line.port}", "timeout_seconds": 0.5}

    settings: dict[str, Any]

    def _crowded(self) -> None:
        self._peer.raw = 429, b""

    def accept(self) -> None:
        self._peer.raw = None
        self._peer.accept()

    def request(self, octets: bytes) -> bool:
        return octets.startswith(b"POST /")

    def compose(self, citizen: str, words: str) -> Any:
        return self.reply(PHONES[citizen], words, f"{self.clock.now().astimezone(CITY_TIME):%Y-%m-%d %H:%M:%S}")

    def reply(self, phone: str, words: str, at: str) -> Any:
        """What the provider pushes for a citizen's text."""
        raise NotImplementedError

    def result(self, number: int, *, arrived: bool) -> Any:
        """What it pushes for a text of ours."""
        raise NotImplementedError

    def call(self, message: Any) -> Call:
        return Call(f"/hooks/sms/city/{HOOK_SECRET}/reply", json.dumps(message).encode())

    async def report(self, number: int, base: str, *, arrived: bool = True) -> None:
        await self.deliver(self.result(number, arrived=arrived), base)


class Aliyun(_Http):
    settings = ALIYUN
    busy = ("Throttling.User", "isp.SYSTEM_ERROR")
    login = "InvalidAccessKeyId.NotFound"

    def reply(self, phone: str, words: str, at: str) -> Any:
        told = {"phone_number": phone, "send_time": at, "content": words, "sign_name": "示例市", "dest_code": "12"}
        return [told | {"sequence_id": next(_SERIALS)}]

    def result(self, number: int, *, arrived: bool) -> Any:
        code = "DELIVERED" if arrived else "FAILED"
        return [{"biz_id": f"90061974693649844{number}^0", "success": arrived, "err_code": code}]

    def heard(self, citizen: str) -> Sequence[str]:
        found = (said for said in self._peer.taken if said["PhoneNumbers"].endswith(PHONES[citizen]))
        return [said["TemplateParam"]["content"] for said in found]


class Tencent(_Http):
    settings = TENCENT
    busy = ("RequestLimitExceeded", "InternalError.Timeout")
    login = "AuthFailure.SecretIdNotFound"

    def reply(self, phone: str, words: str, at: str) -> Any:
        seconds = int(self.clock.now().timestamp())
        return {"mobile": phone, "nationcode": "86", "text": words, "sign": "示例市", "time": seconds, "extend": "12"}

    def result(self, number: int, *, arrived: bool) -> Any:
        told = {
            "report_status": "SUCCESS" if arrived else "FAIL",
            "errmsg": "x",
            "description": "x",
            "sid": f"2645:{number}",
        }
        return [told | {"user_receive_time": "2026-09-21 09:00:01", "nationcode": "86", "mobile": PHONES["A"]}]

    def heard(self, citizen: str) -> Sequence[str]:
        found = (said for said in self._peer.taken if said["PhoneNumberSet"][0].endswith(PHONES[citizen]))
        return [said["TemplateParamSet"][0] for said in found]


class _Line(Kept):
    """Stores and forwards: the oldest message is delivered again until it is answered, and only then the next."""

    folder = "sms"
    half = 20

    def __init__(self, line: Proxy, settings: dict[str, Any]) -> None:
        self.lines = (line,)
        self.account = settings | {"port": line.port}
        self._waiting: asyncio.Queue[Any] = asyncio.Queue()

    def compose(self, citizen: str, words: str) -> Any:
        return PHONES[citizen], words, f"{next(_SERIALS):016x}"

    def lay(self, message: Any) -> None:
        self._waiting.put_nowait(message)

    async def forward(self) -> None:
        """Until cancelled."""
        while True:
            message = await self._waiting.get()
            while not await self.offered(message):
                pass

    async def offered(self, message: Any) -> bool:
        """Deliver it once; whether it was answered as taken."""
        raise NotImplementedError


class Smpp(_Line):
    def __init__(self, peer: Centre, line: Proxy) -> None:
        super().__init__(line, SMPP)
        self._peer = peer
        self.sessions = lambda: len(peer.log("bind"))
        self.throttles = (lambda: peer.refuse("ESME_RTHROTTLED"), lambda: peer.refuse("ESME_RMSGQFUL"))
        self.refuse_login = lambda: peer.refuse("ESME_RINVSYSTYP")
        self.accept = peer.accept
        self._tags = itertools.count(1)

    def request(self, octets: bytes) -> bool:
        return octets[4:8] == b"\0\0\0\4"

    async def offered(self, message: Any) -> bool:
        phone, words, _ = message
        tag, sessions = f"t{next(self._tags)}", len(self._peer.log("bind"))
        if not self._peer.deliver(words, tag=tag, **{"from": f"86{phone}"}):
            await asyncio.sleep(0.05)
            return False
        while not (found := [one for one in self._peer.log("deliver_resp") if one["tag"] == tag]):
            if len(self._peer.log("bind")) > sessions:
                return False  # that line is gone, and its answer with it
            await asyncio.sleep(0.05)
        return bool(found[0]["status"] == 0)

    def heard(self, citizen: str) -> Sequence[str]:
        found = (one for one in self._peer.log("accepted") if one["to"].endswith(PHONES[citizen]))
        return [one["text"] for one in found]

    async def report(self, number: int, base: str, *, arrived: bool = True) -> None:
        id, state = 0x2A0 + number, "DELIVRD" if arrived else "UNDELIV"
        text = f"id:{id} sub:001 dlvrd:001 submit date:2609210900 done date:2609210901 stat:{state} err:000 text:"
        more = {"esm_class": 4}
        self._peer.deliver(hex=text.encode().hex(), coding=0, more=more, **{"from": f"86{PHONES['A']}"})


class Cmpp(_Line):
    def __init__(self, peer: Gateway, line: Proxy) -> None:
        super().__init__(line, {**CMPP, "version": "3.0"})
        self._peer = peer
        self.sessions = lambda: peer.admitted
        self.throttles = (lambda: peer.refuse("submit.8"), lambda: peer.refuse("submit.3"))
        self.refuse_login = lambda: peer.refuse("submit.10")
        self.accept = peer.accept

    def request(self, octets: bytes) -> bool:
        return octets[4:8] == b"\0\0\0\4"

    async def offered(self, message: Any) -> bool:
        phone, words, id = message
        before = len(self._peer.answers)
        if self._peer.held:
            self._peer.deliver(words.encode("utf-16-be"), id=id, phone=phone.encode())
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                while True:
                    if found := [one for one in self._peer.answers[before:] if one[1] == id]:
                        return found[0][2] == 0
                    await asyncio.sleep(0.02)
        return False

    def heard(self, citizen: str) -> Sequence[str]:
        phone = PHONES[citizen].encode()
        found = (one for one in self._peer.taken if one["Dest_terminal_Id"].rstrip(b"\0").endswith(phone))
        return [one["Msg_Content"].decode("utf-16-be") for one in found]

    async def report(self, number: int, base: str, *, arrived: bool = True) -> None:
        id = bytes.fromhex("bba565400123") + (0x44 + number).to_bytes(2, "big")
        state = b"DELIVRD" if arrived else b"UNDELIV"
        self._peer.deliver(
            id + state + b"2609210901" * 2 + PHONES["A"].encode().ljust(32, b"\0") + bytes(4), report=True
        )


def _http(kind: type[_Http], peer: type[SmsPeer]) -> Any:
    @asynccontextmanager
    async def provider(_fixture: Callable[[str], Any]) -> AsyncIterator[Provider]:
        async with playing(peer) as one, between(urlsplit(one.settings["api_base"]).port or 0) as line:
            yield kind(one, line)

    return provider


def _held(kind: Callable[[Any, Proxy], _Line], peer: Callable[[], Any]) -> Any:
    @asynccontextmanager
    async def provider(_fixture: Callable[[str], Any]) -> AsyncIterator[Provider]:
        async with peer() as one, between(one.settings["port"]) as line:
            made = kind(one, line)
            forwarding = asyncio.create_task(made.forward())
            try:
                yield made
            finally:
                forwarding.cancel()
                await asyncio.gather(forwarding, return_exceptions=True)

    return provider


_NEVER = {
    Fault.SHUFFLED_ALBUM: "a text message carries no photos; its own parts are joined in any order (test_long_texts.py)",
    Fault.RENUMBERED: "it keeps nothing for us under numbers of its own",
    Fault.EXPIRED: "each call or session is proved with the account's own secret: no token is bought",
    Fault.WINDOW: "texts may be sent at any time",
}
_CALLED = _NEVER | {Fault.SILENT_LINE: CALLS_US}
_NO_ID = "a centre gives its deliveries no id: the same words after an answer it surely has are another message"
CASES = (
    Case(name="aliyun", provider=_http(Aliyun, AliyunPeer), cannot=_CALLED),
    Case(name="tencent", provider=_http(Tencent, TencentPeer), cannot=_CALLED),
    Case(
        name="smpp",
        provider=_held(Smpp, centre),
        cannot=_NEVER | {Fault.REPEATED: _NO_ID, Fault.REPUSHED: _NO_ID, Fault.REPEATED_AT_ONCE: _NO_ID},
    ),
    Case(name="cmpp", provider=_held(Cmpp, lambda: gateway("3.0")), cannot=_NEVER),
)
