"""Calls Weibo: a private message out, an invitation below a public remark, a look at new remarks, a citizen's file in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from channels.errors import Later, Malformed, Never, SendError, Unknown
from channels.exchange import Answer, check_status, exchange
from channels.payload import Payload
from channels.weibo.errors import ACCEPTED, error_of, harmless
from channels.weibo.places import Place
from channels.weibo.settings import Source, WeiboSettings

FILE_BYTES = 20 << 20
"""The largest file taken; what Weibo lets citizens send is not published."""
_JSON_BYTES = 8 << 20
"""Two hundred posts with their authors and the posts they repost."""
PAGE: Mapping[Source, int] = {"mentions": 200, "comment_mentions": 50, "comments": 50}
"""Remarks asked for at once: of posts 200 are the most, of comments only the default is known."""
_PATHS: Mapping[Source, str] = {
    "mentions": "statuses/mentions",
    "comment_mentions": "comments/mentions",
    "comments": "comments/to_me",
}


class Api:
    """One account's calls. Every failure is one of ``channels.errors``."""

    def __init__(self, settings: WeiboSettings, *, http: Callable[[], Any], now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._token = settings.access_token.get_secret_value()
        self._public_token = settings.public_token.get_secret_value() or self._token
        self._http = http
        self._now = now

    async def say(self, form: Mapping[str, str]) -> str:
        """Send a private message (messages/reply). Weibo gives it no id: returns ""."""
        base, commercial = self._settings.message_base, self._settings.commercial
        url = self._commercial("messages/reply") if commercial else f"{base.rstrip('/')}/2/messages/reply.json"
        await self._call("POST", url, form={"access_token": self._token, **form})
        return ""

    async def invite(self, place: Place, form: Mapping[str, str]) -> str:
        """Comment below a post, or answer a comment; returns the id of ours."""
        path = "comments/reply" if place.comment else "comments/create"
        form = {"access_token": self._public_token, **form}
        if self._settings.public_ip:
            form["rip"] = self._settings.public_ip
        said = await self._call("POST", self._public(path), form=form)
        return str(said.get("id") or "")[:64]

    async def look(self, source: Source, *, since: int, before: int = 0) -> Payload:
        """One page of remarks with ids above ``since``, the newest first; with ``before``, below that. Raises Credential or
        Later."""
        query = {"access_token": self._public_token, "since_id": str(since), "count": str(PAGE[source])}
        if before:
            query["max_id"] = str(before - 1)  # "smaller than or equal to"
        if source == "mentions":
            query["filter_by_type"] = "0" if self._settings.reposts else "1"
        try:
            return Payload(await self._call("GET", self._public(_PATHS[source]), query=query))
        except SendError as error:
            raise harmless(error) from None

    async def file(self, number: str) -> tuple[bytes, str]:
        """A file a citizen sent, and its media type. Raises Credential, Later or Never. [U]"""
        query = {"access_token": self._token, "fid": number}
        try:
            answer = await self._exchange("GET", self._settings.file_url, query=query, longest=FILE_BYTES)
            if answer.media_type.endswith("json") or answer.status != 200:
                self._check(answer)
                raise Never("Weibo gave no file")
        except Unknown as error:
            # Fetching twice does no harm.
            raise Later(str(error), code=error.code) from None
        if answer.cut:
            raise Never(f"the file is larger than {FILE_BYTES >> 20} MB")
        return answer.body, answer.media_type

    def _public(self, path: str) -> str:
        if self._settings.commercial:
            return self._commercial(path)
        return f"{self._settings.api_base.rstrip('/')}/2/{path}.json"

    def _commercial(self, path: str) -> str:
        return f"{self._settings.commercial_base.rstrip('/')}/2/{path}/biz.json"

    async def _call(
        self, method: str, url: str, *, query: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        answer = await self._exchange(method, url, query=query, content=form)
        self._check(answer)
        if (said := answer.words) is None:
            raise Unknown("the answer does not say what became of the message", code=str(answer.status))
        if said.get("result") is False:
            raise Never("Weibo did not take it, and does not say why")
        return said

    async def _exchange(self, method: str, url: str, **rest: Any) -> Answer:
        rest = {"longest": _JSON_BYTES} | rest
        return await exchange(self._http(), method, url, seconds=self._settings.timeout_seconds, **rest)

    def _check(self, answer: Answer) -> None:
        """Raise what the answer says: an error number of Weibo's, whatever the HTTP status, else that status."""
        said = answer.words or {}
        if "error_code" not in said and "error" not in said:
            return check_status(answer)
        try:
            code = Payload(said)["error_code"].word(limit=16)
        except Malformed:
            raise Unknown("error_code is not a number", code=str(answer.status)) from None
        if code in ACCEPTED:
            return None
        raise error_of(code, str(said.get("error", "")), now=self._now())
