"""What becomes of a message that the provider takes, refuses, leaves hanging or drops."""

from __future__ import annotations

import asyncio
import fnmatch
import socket
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any

import pytest
from aiohttp import ClientSession

from channels.adapter import Tied
from channels.errors import Away, Later, Never, SendError, Unknown
from channels.message import Address, Outbound, Say
from tests.channels.contract.cases import SENDERS, TRIALS, Trial

each = pytest.mark.parametrize("trial", SENDERS, ids=str)
each_mute = pytest.mark.parametrize(
    "trial", [trial for trial in TRIALS if not trial.channel.capabilities.routes], ids=str
)


async def send(trial: Trial, settings: Any) -> str:
    outbound = trial.case.outbound
    assert outbound is not None
    async with ClientSession() as http:
        adapter = trial.adapter(http=http, over=settings)
        try:
            async with polled(adapter):
                return await adapter.send(outbound)
        finally:
            await adapter.close()


@asynccontextmanager
async def polled(adapter: Any) -> AsyncIterator[None]:
    """A channel that sends over the connection its polling holds is polled meanwhile, as by the hub."""
    if not isinstance(adapter, Tied):
        yield
        return

    async def poll() -> None:
        with suppress(SendError):
            async with aclosing(adapter.poll("")) as batches:
                async for _ in batches:
                    pass

    task = asyncio.create_task(poll())
    while not (adapter.ready or task.done()):
        await asyncio.sleep(0.005)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@each
async def test_a_message_is_taken(trial: Trial) -> None:
    async with trial.case.peer() as peer:  # type: ignore[misc]
        peer.accept()
        assert isinstance(await send(trial, peer.settings), str)


@each_mute
async def test_a_channel_without_a_way_out_takes_no_message(trial: Trial) -> None:
    with pytest.raises(Never):
        await trial.adapter().send(Outbound(key="k", address=Address(trial.folder, "city", "p"), body=Say("您好")))


@each
async def test_each_code_is_one_class(trial: Trial) -> None:
    async with trial.case.peer() as peer:  # type: ignore[misc]
        for code, wanted in trial.case.codes.items():
            peer.refuse(code)
            with pytest.raises(SendError) as error:
                await send(trial, peer.settings)
            assert type(error.value) is wanted, code
            assert error.value.code == code


@each
def test_no_row_of_the_error_table_goes_untested(trial: Trial) -> None:
    untested = [
        row
        for row in map(str, trial.case.error_table)
        if not any(fnmatch.fnmatchcase(c, row) for c in trial.case.codes)
    ]
    assert untested == []
    assert trial.case.error_table


@each
@pytest.mark.parametrize("fault", ["hang", "drop"])
async def test_a_request_that_left_and_was_not_answered_is_unknown(trial: Trial, fault: str) -> None:
    async with trial.case.peer() as peer:  # type: ignore[misc]
        getattr(peer, fault)()
        with pytest.raises(Unknown):
            await send(trial, peer.settings)


@each
async def test_where_nobody_can_be_reached_the_whole_account_rests(trial: Trial) -> None:
    async with trial.case.peer() as peer:  # type: ignore[misc]
        settings = {**peer.settings, **trial.case.away(_closed_port())}
    with pytest.raises(Later) as refused:
        await send(trial, settings)
    # A tied account is not asked while it holds no line; another process may hold it.
    assert isinstance(refused.value, Away) is not isinstance(trial.adapter(http=None, over=settings), Tied)


def _closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
