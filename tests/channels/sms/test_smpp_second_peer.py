"""SMPP against a second centre that is not ours (smpp34, Rust), and our PDUs before its decoder."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
import smpp34

from channels.errors import Later
from channels.sms.line.concat import Place
from channels.sms.line.dialect import Text
from channels.sms.settings import SmppSettings
from channels.sms.smpp.dialect import Smpp
from tests.channels.sms.held import PHONE, holding
from tests.channels.sms.smsc_settings import SMPP


def _port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def test_our_pdus_are_what_its_decoder_reads() -> None:
    ours = Smpp(SmppSettings.model_validate({**SMPP, "sender_ton": 5}))
    units = "【示例市】您好🙂".encode("utf-16-be")
    read: Any = smpp34.decode(ours.submit(7, Text(phone=PHONE, units=units, place=Place(9, 3, 2), report=False)))
    assert (read.sequence_number, read.source_addr, read.source_addr_ton) == (7, "1065712345", 5)
    assert (read.destination_addr, read.dest_addr_ton, read.dest_addr_npi) == ("8613800138000", 1, 1)
    assert (read.esm_class, read.data_coding, read.registered_delivery) == (0x40, 8, 0)
    assert bytes(read.short_message) == bytes.fromhex("050003090302") + units


async def test_words_go_both_ways() -> None:
    port = _port()
    server = smpp34.Server("127.0.0.1", port)
    await server.start()
    try:
        async with holding(SMPP, port=port, timeout_seconds=5) as held:
            bound = await server.next()
            assert isinstance(bound, smpp34.Esme)
            sending = asyncio.create_task(held.send("您的诉求已受理"))
            asked = await server.next()
            assert bytes(asked.short_message).decode("utf-16-be") == "【示例市】您的诉求已受理"
            asked.accept("m-1")
            assert await sending == "m-1"
            sending = asyncio.create_task(held.send("您好"))
            (await server.next()).reject(smpp34.ESME_RTHROTTLED)
            with pytest.raises(Later):
                await sending
            words = "路灯坏了🙂".encode("utf-16-be")
            await bound.deliver_sm(
                source_addr="8613800138000", destination_addr="1065712345", short_message=words, data_coding=8
            )
            await held.until(lambda: held.messages)
        assert held.texts == ["路灯坏了🙂"]
    finally:
        await server.stop()
