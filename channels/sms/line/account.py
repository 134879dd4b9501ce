"""One SMS account over a line held open: the process that polls it sends for it, too.

::

    poll: open -> frames -> Intake -> (batch, cursor) -> committed -> answered        send: parts -> the same session
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import randrange
from secrets import token_hex
from time import monotonic

from channels.adapter import Tools
from channels.errors import Later, Malformed, Never
from channels.message import Batch, Inbound, Outbound, Receipt
from channels.sms.extension import about, extension
from channels.sms.line.concat import Place, split
from channels.sms.line.dialect import Answer, Dialect, Frame, Role, Text
from channels.sms.line.intake import Intake
from channels.sms.line.session import Session, Where
from channels.sms.segments import segments
from channels.sms.settings import LineSettings

UNREADABLE, PART, OTHER = "unreadable", "part", "other"
SLOW = 5.0
"""Seconds after which a gateway may take a delivery for unanswered and repeat it on the same connection."""
THROTTLED = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0)
"""Seconds the account rests after the gateway said "slower" for the first, second, … time in a row."""


class Line:
    """An account of the ``sms`` channel: Adapter, Pollable and Tied."""

    def __init__(self, account: str, settings: LineSettings, dialect: Dialect, tools: Tools) -> None:
        self._account = account
        self._settings = settings
        self._dialect = dialect
        self._now = tools.now
        self._session: Session | None = None
        self._leaving: set[asyncio.Task[None]] = set()
        self._ref = randrange(256)  # noqa: S311 -- tells long texts apart, nothing secret
        self._throttled = 0

    @property
    def ready(self) -> bool:
        """Whether the line stands."""
        return self._session is not None and self._session.open_

    def segments(self, text: str) -> int:
        """What ``text`` costs: as many parts as it leaves in, or as the gateway, which signs it, makes of it."""
        return segments(self._settings.sign_name, text)

    def read(self, raw: bytes, *, at: datetime) -> Batch:
        """One delivery as it lay on the wire."""
        batch, _ = self._batch([self._dialect.frame(raw)], self._intake(""), at)
        if batch.ignored == (UNREADABLE,):
            raise Malformed("the delivery cannot be read")
        return batch

    async def poll(self, cursor: str) -> AsyncIterator[tuple[Batch, str]]:
        """See :meth:`channels.adapter.Pollable.poll`. A delivery is answered when the batch it is in is committed."""
        intake = self._intake(cursor, session=f"{token_hex(6)}.")
        session = self._session = await Session.open(self._dialect, self._where(), now=self._now())
        waiting: list[Frame] = []
        taken: list[tuple[Frame, Answer]] = []
        try:
            while True:
                if session.proved == session.answered:
                    intake.trust()
                if (late := intake.lapsed(self._now())) is not None:
                    cursor = str(intake)
                    yield Batch((late,)), cursor
                    continue
                waiting = waiting or list(
                    await session.arrived(wait=intake.pause(self._now(), most=self._settings.silence_seconds))
                )
                began = monotonic()
                batch, taken = self._batch(waiting, intake, self._now())
                waiting = waiting[len(taken) :]
                if taken or str(intake) != cursor:
                    cursor = str(intake)
                    yield batch, cursor
                    for frame, answer in taken:
                        session.answer(frame, answer)
                    taken = []
                    if monotonic() - began > SLOW:
                        intake.doubt()
        finally:
            self._session = None
            for frame in (*(frame for frame, _ in taken), *waiting):
                session.answer(frame, Answer.AGAIN)
            # Waited for, so that the lease ends after the session: many gateways allow one and refuse a second.
            await asyncio.shield(self._farewell(session))

    async def send(self, out: Outbound) -> str:
        """Send every part; returns the id of the last, the one a report is asked for."""
        session = self._session
        if session is None:
            raise Later("this process holds no line to the gateway", after=1.0)
        id = ""
        for text in self._texts(out):
            id = await self._submitted(session, text)
        return id

    async def close(self) -> None:
        """Wait until the gateway was told goodbye."""
        if self._leaving:
            await asyncio.wait(self._leaving)

    async def _submitted(self, session: Session, text: Text) -> str:
        """The id of one part. Of a text that is on its way no part is left behind because we were too fast."""
        for wait in THROTTLED[:3]:
            try:
                id = self._dialect.verdict(await session.ask(lambda sequence: self._dialect.submit(sequence, text)))
            except Later as problem:
                if problem.code in self._dialect.ends:
                    session.drop()
                if not problem.whole_account:
                    raise
                if text.place is None or text.place.number == 1:
                    raise self._slower(problem) from None
                await asyncio.sleep(wait)
            else:
                self._throttled = 0
                return id
        raise self._slower(Later("the gateway asks to slow down in the middle of a text"))

    def _slower(self, problem: Later) -> Later:
        after = THROTTLED[min(self._throttled, len(THROTTLED) - 1)]
        self._throttled += 1
        return Later(str(problem), after=after, code=problem.code, whole_account=True)

    def _texts(self, out: Outbound) -> Sequence[Text]:
        sender = self._settings.number + extension(out.body, self._settings)
        sign = "" if self._settings.gateway_signs else f"【{self._settings.sign_name}】"
        try:
            parts = split(sign + out.body.text)
        except ValueError:
            raise Never("the text has more parts than can be counted") from None
        if len(parts) == 1:
            return [Text(phone=out.address.peer, units=parts[0], sender=sender)]
        self._ref = (self._ref + 1) % 256
        places = [Place(self._ref, len(parts), number) for number in range(1, len(parts) + 1)]
        return [
            Text(phone=out.address.peer, units=units, place=place, report=place.number == place.total, sender=sender)
            for units, place in zip(parts, places, strict=True)
        ]

    def _batch(self, frames: Sequence[Frame], intake: Intake, at: datetime) -> tuple[Batch, list[tuple[Frame, Answer]]]:
        """What these frames say, up to the first whole text: a text and our memory of it are one transaction."""
        messages: list[Inbound] = []
        receipts: list[Receipt] = []
        ignored: list[str] = []
        taken: list[tuple[Frame, Answer]] = []
        for frame in frames:
            if messages:
                break
            try:
                if frame.role is not Role.ARRIVAL:
                    raise Malformed("no delivery")
                found = self._dialect.arrival(frame, account=self._account)
            except Malformed:
                ignored.append(UNREADABLE)
                taken.append((frame, Answer.NEVER))
                continue
            taken.append((frame, Answer.TAKEN))
            if isinstance(found, Receipt):
                receipts.append(found)
            elif found is None:
                ignored.append(OTHER)
            elif (whole := intake.take(found, at=at)) is not None:
                messages.append(replace(whole, about=about(whole.extra.get("extension", ""), self._settings)))
            else:
                ignored.append(PART)
        return Batch(tuple(messages), tuple(receipts), tuple(ignored)), taken

    def _intake(self, cursor: str, *, session: str = "") -> Intake:
        wait = timedelta(seconds=self._settings.parts_wait_seconds)
        return Intake(self._account, self._settings.number, wait, cursor, session=session)

    def _where(self) -> Where:
        settings = self._settings
        tls = ssl.create_default_context(cafile=settings.ca_file) if settings.tls else None
        return Where(
            host=settings.host, port=settings.port, tls=tls, window=settings.window,
            patience=settings.timeout_seconds, silence=settings.silence_seconds,
        )  # fmt: skip

    def _farewell(self, session: Session) -> asyncio.Task[None]:
        task = asyncio.create_task(session.leave(), name="sms:farewell")
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)
        return task
