"""One hotline: its events let in by their signature; it carries no words of ours, they go to the citizen's phone as texts."""

from __future__ import annotations

import hmac
from datetime import timedelta

from channels.adapter import Request, Response, Tools
from channels.errors import BadSignature, Never, TooLarge
from channels.message import Batch, Outbound, Say
from channels.phone.parse import read_events
from channels.phone.settings import PhoneSettings
from channels.signature import signature

_LARGEST = 256 * 1024
_STAMP, _PROOF = "x-hub-timestamp", "x-hub-signature"
FRESH = timedelta(minutes=5)
"""An event that was signed longer ago, or further ahead, is a replay or comes from a wrong clock."""


class Hotline:
    """Adapter and Webhook."""

    def __init__(self, account: str, settings: PhoneSettings, tools: Tools) -> None:
        self.account = account
        self.settings = settings
        self.tools = tools

    async def send(self, out: Outbound) -> str:
        """No text leaves by a telephone line. Raises Never."""
        raise Never("a telephone line carries no text")

    async def close(self) -> None:
        """Nothing is held open between two calls."""

    def verify(self, request: Request) -> Response | None:
        """Let through what is signed with our secret, lately."""
        if len(request.body) > _LARGEST:
            raise TooLarge("events of calls are never this large")
        stamp, given = request.headers.get(_STAMP, ""), request.headers.get(_PROOF, "")
        wanted = signature(self.settings.hook_secret.get_secret_value(), ts=stamp, body=request.body)
        genuine = hmac.compare_digest(given.encode("utf-8", "surrogateescape"), wanted.encode())
        if request.method != "POST" or not genuine:
            raise BadSignature("the signature is missing or wrong")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
            raise BadSignature("the timestamp is not a number of seconds")
        if abs(request.received_at.timestamp() - int(stamp)) > FRESH.total_seconds():
            raise BadSignature("signed too long ago, or by a wrong clock")
        return None

    def parse(self, request: Request) -> Batch:
        """Read verified events. Raises Malformed."""
        return read_events(request.body, account=self.account)

    def answer(self, request: Request, reply: Say | None) -> Response:
        """Taken."""
        return Response()

    def refuse(self, request: Request, status: int) -> Response:
        """Not stored: the bridge sends it again."""
        return Response(status=status)
