"""Looks for new public remarks every few minutes, and hands them over oldest first, each once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping

from channels.errors import Later, Malformed, SendError
from channels.message import Batch
from channels.payload import Payload
from channels.weibo.client import Api
from channels.weibo.remarks import Remark, read_remarks, remarks_of
from channels.weibo.settings import Source, WeiboSettings

AT_ONCE = 50
"""Remarks in one batch."""
_PAGES = 20
"""Pages of one look. What lies further back than these is told as ignored, not read."""

Marks = Mapping[str, int]
"""Source -> the id up to which its remarks were taken."""


def marks_of(cursor: str) -> Marks:
    """What a cursor says; an unreadable one says nothing."""
    try:
        stored = Payload.from_json(cursor.encode())
        return {
            name: stored[name].integer() for name in ("mentions", "comment_mentions", "comments") if stored.get(name)
        }
    except (Malformed, UnicodeEncodeError):
        return {}


def cursor_of(marks: Marks) -> str:
    """The inverse of :func:`marks_of`."""
    return json.dumps(dict(marks), sort_keys=True)


class Watch:
    """One account's look-out."""

    def __init__(self, account: str, settings: WeiboSettings, api: Api) -> None:
        self._account = account
        self._settings = settings
        self._api = api

    async def run(self, cursor: str) -> AsyncIterator[tuple[Batch, str]]:
        """See :meth:`channels.adapter.Pollable.poll`. A source that fails does not keep the others from being looked at;
        its error ends the round."""
        marks = dict(marks_of(cursor))
        while True:
            failed: SendError | None = None
            for source in self._settings.public:
                try:
                    found = await self._new(source, marks.get(source))
                except SendError as error:
                    failed = failed or error
                    continue
                except Malformed as problem:
                    failed = failed or Later(f"the answer about {source} is strange: {problem}")
                    continue
                for batch, mark in found:
                    marks[source] = mark
                    yield batch, cursor_of(marks)
            if failed is not None:
                raise self._in_time(failed)
            await asyncio.sleep(self._settings.poll_seconds)

    def _in_time(self, failed: SendError) -> SendError:
        """What fails is looked at again when it would have been anyway: a robot that insists is shut out."""
        if isinstance(failed, Later) and failed.after is None:
            return Later(str(failed), after=float(self._settings.poll_seconds), code=failed.code)
        return failed

    async def _new(self, source: Source, mark: int | None) -> list[tuple[Batch, int]]:
        """Batches of what is new, each with the mark behind it."""
        if mark is None:
            # What was said before the hub came is not answered. A whole page is looked at: the newest may be deleted.
            newest = remarks_of(await self._api.look(source, since=0))
            return [(Batch(), newest[-1].number if newest else 0)]
        found, whole = await self._since(source, mark)
        batches = [] if whole else [(Batch(ignored=("further back than we look",)), mark)]
        for start in range(0, len(found), AT_ONCE):
            some = found[start : start + AT_ONCE]
            batch = read_remarks(some, account=self._account, uid=self._settings.uid)
            batches.append((batch, some[-1].number))
        return batches

    async def _since(self, source: Source, mark: int) -> tuple[list[Remark], bool]:
        """All remarks above ``mark``, the oldest first, and whether that is all. Pages may be short: Weibo takes out what
        was deleted. So only one without anything new is the last."""
        found: dict[int, Remark] = {}
        for _ in range(_PAGES):
            page = remarks_of(await self._api.look(source, since=mark, before=min(found, default=0)))
            new = {one.number: one for one in page if one.number > mark and one.number not in found}
            found |= new
            if not new:
                break
        return sorted(found.values(), key=lambda one: one.number), not new
