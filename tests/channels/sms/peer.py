"""The two providers' API played on loopback. Signatures are judged by the providers' own SDKs, not by our code."""

from __future__ import annotations

import asyncio
import json
import warnings
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

from aiohttp import web

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the SDKs' own affair
    from alibabacloud_tea_openapi.utils import Utils
    from tencentcloud.common.abstract_client import AbstractClient

KEY_ID = "testAccessKeyId"
SECRET = "a-key-secret-of-the-tests"


class SmsPeer:
    """What both have in common: how they are told to behave, and what they took."""

    def __init__(self) -> None:
        self.settings: Mapping[str, Any] = {}
        self.taken: list[dict[str, Any]] = []
        self.nonces: set[str] = set()
        self.words = ""
        """The message that goes with an error code."""
        self.raw: tuple[int, bytes] | None = None
        """Answer with this instead of anything sensible."""
        self._behave, self._code = "accept", ""
        self._closing = asyncio.Event()

    def accept(self) -> None:
        self._behave = "accept"

    def refuse(self, code: str) -> None:
        self._behave, self._code = "refuse", code

    def hang(self) -> None:
        self._behave = "hang"

    def drop(self) -> None:
        self._behave = "drop"

    async def take(self, request: web.Request) -> web.Response:
        """One call of SendSms."""
        body = await request.read()
        if self._behave == "hang":
            await self._closing.wait()
        if self._behave in {"hang", "drop"}:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if self.raw is not None:
            return web.Response(status=self.raw[0], body=self.raw[1])
        if not self.signed(request, body):
            return self.error(self.bad_signature)
        if self._behave == "refuse":
            return self.error(self._code)
        return self.accepted(request, body)

    bad_signature = ""

    def signed(self, request: web.Request, body: bytes) -> bool:
        raise NotImplementedError

    def accepted(self, request: web.Request, body: bytes) -> web.Response:
        raise NotImplementedError

    def error(self, code: str) -> web.Response:
        raise NotImplementedError


class AliyunPeer(SmsPeer):
    bad_signature = "SignatureDoesNotMatch"

    def signed(self, request: web.Request, body: bytes) -> bool:
        theirs = {name.lower(): value for name, value in request.headers.items()}
        nonce = theirs["x-acs-signature-nonce"]
        assert nonce not in self.nonces, "a nonce may be used once"
        self.nonces.add(nonce)
        names = {name for name in theirs if name.startswith("x-acs-") or name in {"host", "content-type"}}
        call = SimpleNamespace(
            pathname=request.path,
            query=dict(request.query),
            headers={name: theirs[name] for name in names},
            method=request.method,
        )
        payload = Utils.hex_encode(Utils.hash(body, "ACS3-HMAC-SHA256"))
        wanted = Utils.get_authorization(call, "ACS3-HMAC-SHA256", payload, KEY_ID, SECRET)
        return bool(wanted == theirs["authorization"] and payload == theirs["x-acs-content-sha256"])

    def accepted(self, request: web.Request, body: bytes) -> web.Response:
        self.taken.append({**request.query, "TemplateParam": json.loads(request.query["TemplateParam"])})
        biz = f"90061974693649844{len(self.taken)}^0"
        return web.json_response({"Code": "OK", "Message": "OK", "BizId": biz, "RequestId": "R"})

    def error(self, code: str) -> web.Response:
        status = 200 if code.startswith("is") else 400
        return web.json_response(
            {"Code": code, "Message": self.words or "13800138000 refused", "RequestId": "R"}, status=status
        )


class TencentPeer(SmsPeer):
    bad_signature = "AuthFailure.SignatureFailure"

    def signed(self, request: web.Request, body: bytes) -> bool:
        theirs = request.headers
        day = theirs["Authorization"].split("/")[1]
        call = SimpleNamespace(
            uri=request.path,
            data=body,
            method=request.method,
            header={name: theirs[name] for name in ("Content-Type", "Host", "X-TC-Timestamp")},
        )
        client = AbstractClient.__new__(AbstractClient)
        signature = client._get_tc3_signature({}, call, day, "sms", SECRET)
        wanted = (
            f"TC3-HMAC-SHA256 Credential={KEY_ID}/{day}/sms/tc3_request, "
            f"SignedHeaders=content-type;host, Signature={signature}"
        )
        return bool(wanted == theirs["Authorization"])

    def accepted(self, request: web.Request, body: bytes) -> web.Response:
        self.taken.append(json.loads(body))
        return self._status({"Code": "Ok", "SerialNo": f"2645:{len(self.taken)}", "Message": "send success"})

    def error(self, code: str) -> web.Response:
        if code.startswith(("AuthFailure", "RequestLimitExceeded", "MissingParameter")):
            return web.json_response({"Response": {"Error": {"Code": code, "Message": self.words}, "RequestId": "R"}})
        return self._status({"Code": code, "SerialNo": "", "Message": self.words or "13800138000 refused"})

    def _status(self, status: dict[str, Any]) -> web.Response:
        return web.json_response({"Response": {"SendStatusSet": [{"Fee": 1, **status}], "RequestId": "R"}})


@asynccontextmanager
async def playing(kind: type[SmsPeer]) -> AsyncIterator[Any]:
    """The provider as long as the block lasts."""
    peer = kind()
    app = web.Application()
    app.router.add_post("/", peer.take)
    runner = web.AppRunner(app, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
    peer.settings = {"api_base": f"http://127.0.0.1:{port}", "timeout_seconds": 0.5}
    try:
        yield peer
    finally:
        peer._closing.set()
        await runner.cleanup()
