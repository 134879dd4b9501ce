"""The three ways a conversation comes alive: socket, event stream, long poll; all by ``seq``, none trusted."""

from __future__ import annotations

import asyncio
import socket
import uuid
from datetime import timedelta

import pytest
from aiohttp import WSMsgType

from channels.adapter import Act, Sign
from channels.app import sockets, stream
from channels.app.follow import PAGE_LINES
from channels.message import Stage
from tests.channels.app.conftest import API, arrive


async def frame(ws, op=None):
    """The next frame, or the next with this ``op``."""
    while True:
        got = await ws.receive_json(timeout=5)
        if op in {None, got["op"]}:
            return got


async def closed(ws):
    async with asyncio.timeout(5):
        while (message := await ws.receive()).type is WSMsgType.TEXT:
            pass
    assert message.type is WSMsgType.CLOSE
    return message.data


async def test_a_socket_tells_what_was_and_what_comes(citizen, house):
    await citizen.say("先说一句")
    ws = await citizen.socket()
    assert (await frame(ws))["op"] == "ready"
    assert [line["seq"] for line in (await frame(ws, "lines"))["lines"]] == [1, 2]
    house.say(house.peer, who="agent", text="您好，我是0128号受理员。")
    (line,) = (await frame(ws, "lines"))["lines"]
    assert (line["who"], line["seq"]) == ("agent", 3)
    await ws.close()


async def test_a_socket_takes_messages_once(citizen, house):
    ws, key = await citizen.socket(), str(uuid.uuid4())
    for _ in range(2):
        await ws.send_json({"op": "msg", "client_id": key, "body": {"type": "text", "text": "路灯"}})
    assert [(await frame(ws, "taken"))["status"] for _ in range(2)] == [201, 200]
    await ws.send_json({"op": "msg", "client_id": key, "body": {"type": "text", "text": "别的"}})
    refused = await frame(ws, "refused")
    assert (refused["client_id"], refused["problem"]["status"]) == (key, 409)
    assert len(house.received) == 1
    await ws.close()


async def test_acks_reads_pings_and_typing(citizen, house):
    await citizen.say("你好")
    ws = await citizen.socket(after=2)
    for op in ({"op": "ack", "seq": 1}, {"op": "read", "seq": 2}, *[{"op": "typing"}] * 3, {"op": "ping"}):
        await ws.send_json(op)
    assert await frame(ws, "pong")
    assert house.seen_up_to == {(house.peer, Stage.DELIVERED): 1, (house.peer, Stage.READ): 2}
    assert house.typed == [house.peer]
    await ws.close()


async def test_the_officers_signs_come_by_socket_and_by_stream(client, citizen, house):
    await citizen.say("转人工")
    house.officer_read[house.peer] = 1
    ws = await citizen.socket(after=2)
    assert (await frame(ws, "read"))["seq"] == 1
    async with client.get(f"{API}/events", headers=citizen.bearer, params={"after": 2}) as events:
        while b"event: read" not in await events.content.readuntil(b"\n\n"):
            pass
        while len(house.listeners[house.peer]) < 2:
            await asyncio.sleep(0.01)
        house.sign(house.peer, Sign(Act.TYPING))
        house.sign(house.peer, Sign(Act.READ, 3))
        assert await _skip_beats(events) == b"event: typing\ndata: {}\n\n"
        assert await _skip_beats(events) == b'event: read\ndata: {"seq": 3}\n\n'
    assert [(await frame(ws))["op"] for _ in range(2)] == ["typing", "read"]
    await ws.close()
    async with asyncio.timeout(5):
        while house.listeners[house.peer]:
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    "first", ['{"op":"auth","token":"x"}', '{"op":"auth"}', '{"op":"ping"}', "junk", "[]", "1e999"]
)
async def test_a_socket_without_a_good_token_is_closed(client, first):
    ws = await client.ws_connect(f"{API}/ws")
    await ws.send_str(first)
    assert await closed(ws) == 4401


async def test_a_silent_stranger_is_closed(client, monkeypatch):
    monkeypatch.setattr(sockets, "AUTH_SECONDS", 0.05)
    assert await closed(await client.ws_connect(f"{API}/ws")) == 4401


async def test_a_foreign_page_gets_no_socket(citizen):
    assert await closed(await citizen.socket(Origin="https://evil.example")) == 4403


async def test_an_idle_socket_is_closed(citizen, monkeypatch):
    monkeypatch.setattr(sockets, "IDLE_SECONDS", 0.1)
    assert await closed(await citizen.socket()) == 4408


async def test_a_flood_is_closed(citizen):
    ws = await citizen.socket()
    for _ in range(sockets.REFUSALS + 1):
        await ws.send_json({"op": "dance"})
    assert await closed(ws) == 4429


async def test_a_socket_ends_with_its_token(client, house, citizen, monkeypatch):
    house.shift = timedelta(minutes=30, seconds=-0.3)
    assert await closed(await citizen.socket()) == 4401


async def test_an_oversized_frame_ends_the_socket(citizen, house):
    ws = await citizen.socket()
    await ws.send_str("x" * (sockets.FRAME_BYTES + 1))
    assert await closed(ws) == 1009
    assert not house.received


@pytest.mark.parametrize("raw", ["{", "[" * 9000, '"x"', '{"op":7}', '{"op":"ack","seq":-1}', '{"op":"msg"}'])
async def test_junk_frames_are_refused_and_the_socket_lives(citizen, raw):
    ws = await citizen.socket()
    await ws.send_str(raw)
    assert (await frame(ws, "refused"))["problem"]["status"] == 400
    await ws.send_json({"op": "ping"})
    assert await frame(ws, "pong")
    await ws.close()


async def test_a_busy_hub_is_told_over_the_socket(citizen, house):
    house.full = True
    ws = await citizen.socket()
    await ws.send_json({"op": "msg", "client_id": str(uuid.uuid4()), "body": {"type": "text", "text": "救急"}})
    assert (await frame(ws, "refused"))["problem"]["retry_after"] == 2
    await ws.close()


async def test_a_reader_that_reads_nothing_is_dropped_and_costs_no_memory(client, citizen, house, monkeypatch):
    monkeypatch.setattr(sockets, "SLOW_SECONDS", 0.3)
    await citizen.say("开始")
    for _ in range(3000):
        house.say(house.peer, text="长" * 4000)
    ws = await citizen.socket()
    transport = ws.get_extra_info("socket")
    transport.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    ws._conn.transport.pause_reading()  # a phone whose network stalled
    async with asyncio.timeout(5):
        while house.watchers[house.peer]:
            await asyncio.sleep(0.05)
    again = await arrive(client, resume_token=citizen.resume_token)
    assert len(await again.read(after=2900)) == PAGE_LINES
    ws._conn.transport.abort()


async def test_too_many_sockets_of_one_citizen(serve):
    client = await serve(limits={"connections_per_session": 1})
    citizen = await arrive(client)
    first = await citizen.socket()
    await frame(first, "ready")
    assert await closed(await citizen.socket()) == 4429
    await first.close()


async def test_the_stream_continues_where_it_was_left(client, citizen, house):
    for text in ("一", "二"):
        await citizen.say(text)
    headers = citizen.bearer | {"Last-Event-ID": "3"}
    async with client.get(f"{API}/events", headers=headers) as events:
        assert events.headers["X-Accel-Buffering"] == "no"
        assert events.content_type == "text/event-stream"
        assert (await events.content.readuntil(b"\n\n")).startswith(b"id: 4\nevent: line\ndata: {")
        house.say(house.peer, text="换行\n不会\n打断")
        got = await _skip_beats(events)
        assert got.startswith(b"id: 5\n")
        assert got.count(b"\n") == 4


async def _skip_beats(events):
    while (got := await events.content.readuntil(b"\n\n")) == b": beat\n\n":
        pass
    return got


async def test_the_stream_beats_while_nothing_happens(client, citizen, monkeypatch):
    monkeypatch.setattr(stream, "BEAT_SECONDS", 0.05)
    async with client.get(f"{API}/events", headers=citizen.bearer) as events:
        async with asyncio.timeout(5):
            beats = [await events.content.readuntil(b"\n\n") for _ in range(3)]
        assert beats == [b": beat\n\n"] * 3


async def test_a_long_poll_waits_for_the_next_line(citizen, house):
    await citizen.say("你好")
    waiting = asyncio.create_task(citizen.read(after=2, wait=5))
    while not house.watchers[house.peer]:
        await asyncio.sleep(0.01)
    house.say(house.peer, text="来了")
    (line,) = await asyncio.wait_for(waiting, 3)
    assert line["text"] == "来了"


async def test_a_long_poll_comes_back_empty_in_time(citizen):
    assert await asyncio.wait_for(citizen.read(wait=1), 3) == []


async def test_a_lost_wake_up_is_found_by_looking_again(citizen, house, monkeypatch):
    monkeypatch.setattr("channels.app.follow.RECHECK_SECONDS", 0.2)
    monkeypatch.setattr(sockets, "IDLE_SECONDS", 0.2)
    await citizen.say("你好")
    ws = await citizen.socket(after=2)
    await frame(ws, "ready")
    house.watchers[house.peer].clear()  # the database's listener was dropped
    house.say(house.peer, text="没人通知我")
    assert (await frame(ws, "lines"))["lines"][0]["text"] == "没人通知我"
    await ws.close()


async def test_closing_time_ends_every_connection(client, citizen, house):
    await citizen.say("你好")
    ws = await citizen.socket()
    await frame(ws, "ready")
    poll = asyncio.create_task(citizen.read(after=9, wait=20))
    while len(house.watchers[house.peer]) < 2:
        await asyncio.sleep(0.01)
    _, code = await asyncio.gather(client.server.app.shutdown(), closed(ws))
    assert code == 1001
    with pytest.raises(Exception):  # noqa: B017 - the poll ends, however the client sees it
        await poll
    assert not house.watchers[house.peer]
