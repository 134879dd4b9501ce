"""A small FreeSWITCH on loopback, played from what is published of its event socket: login, api, bgapi, events as JSON.
It speaks no SIP; what phones do, a test says."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

PASSWORD = "a password of the tests"
_STAMP = itertools.count(1_789_696_800_000_000, 1_000_000)
_SEQUENCE = itertools.count(500)


@dataclass
class Freeswitch:
    """Its legs and the room each is in; who listens to which events."""

    legs: dict[str, dict[str, str]] = field(default_factory=dict)
    rooms: dict[str, str] = field(default_factory=dict)
    bridged: dict[str, str] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    listeners: list[tuple[asyncio.StreamWriter, set[str]]] = field(default_factory=list)
    listening: asyncio.Event = field(default_factory=asyncio.Event)
    silent: bool = False
    rude: bool = False
    no_gateway: bool = False

    # --- What phones do.

    async def calls_in(self, leg: str, number: str) -> None:
        """A citizen dials the hotline."""
        self.legs[leg] = {
            "Unique-ID": leg,
            "Call-Direction": "inbound",
            "Caller-Caller-ID-Number": number,
            "Caller-Destination-Number": "12345",
        }
        await self.tell("CHANNEL_CREATE", leg)

    async def rings(self, leg: str, extension: str) -> str:
        """An agent is rung."""
        agent = f"{leg}-{extension}"
        self.legs[agent] = {
            "Unique-ID": agent,
            "Call-Direction": "outbound",
            "Other-Leg-Unique-ID": leg,
            "Caller-Destination-Number": extension,
        }
        await self.tell("CHANNEL_CREATE", agent)
        await self.tell("CHANNEL_PROGRESS", agent)
        return agent

    async def picks_up(self, leg: str, other: str) -> None:
        """Two legs are connected."""
        self.bridged |= {leg: other, other: leg}
        await self.tell("CHANNEL_ANSWER", other)
        number = self.legs[other].get("Caller-Destination-Number", "")
        await self.tell("CHANNEL_BRIDGE", leg, **{"Other-Leg-Unique-ID": other, "Other-Leg-Destination-Number": number})

    async def answers(self, leg: str) -> None:
        """A leg we asked for is picked up, and goes where its originate said."""
        room = re.search(r"&conference\((\S+)@", self.legs[leg]["asked"])
        if room:
            self.rooms[leg] = room[1]
        await self.tell("CHANNEL_ANSWER", leg)

    async def hangs_up(self, leg: str, cause: str = "NORMAL_CLEARING") -> None:
        """A phone hangs up, or does not answer."""
        await self.tell("CHANNEL_HANGUP_COMPLETE", leg, **{"Hangup-Cause": cause, "variable_billsec": "42"})
        self.legs.pop(leg)
        self.rooms.pop(leg, None)
        self.bridged.pop(self.bridged.pop(leg, ""), None)

    async def tell(self, name: str, leg: str = "", **more: str) -> None:
        """One event to who listens to it."""
        event = {
            "Event-Name": name,
            "Core-UUID": "42bdf272-16e6-11dd-b7a0-db4edd065621",
            "Event-Sequence": str(next(_SEQUENCE)),
            "Event-Date-Timestamp": str(next(_STAMP)),
            **{key: value for key, value in self.legs.get(leg, {}).items() if key != "asked"},
            **more,
        }
        body = json.dumps(event).encode()
        for writer, names in self.listeners:
            if name in names and not writer.is_closing():
                writer.write(f"Content-Length: {len(body)}\nContent-Type: text/event-json\n\n".encode() + body)
                await writer.drain()

    # --- The socket.

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.rude:
            writer.write(b"Content-Type: text/rude-rejection\nContent-Length: 24\n\nAccess Denied, go away.\n")
            return await writer.drain()
        writer.write(b"Content-Type: auth/request\n\n")
        proved = False
        while True:
            line, *headers = (await reader.readuntil(b"\n\n")).decode().strip().split("\n")
            if self.silent and proved:
                continue
            if not proved and line != f"auth {PASSWORD}":
                writer.write(b"Content-Type: command/reply\nReply-Text: -ERR invalid\n\n")
                writer.write(b"Content-Type: text/disconnect-notice\nContent-Length: 0\n\n")
                return await writer.drain()
            await self._answer(line, headers, writer, proved=proved)
            proved = True

    async def _answer(self, line: str, headers: list[str], writer: asyncio.StreamWriter, *, proved: bool) -> None:
        if not proved:
            writer.write(b"Content-Type: command/reply\nReply-Text: +OK accepted\n\n")
            return
        self.commands.append(line)
        verb, _, words = line.partition(" ")
        if verb == "event":
            self.listeners = [(writer, set(words.split()[1:]))]
            writer.write(b"Content-Type: command/reply\nReply-Text: +OK event listener enabled json\n\n")
            self.listening.set()
        elif verb == "bgapi":
            job = dict(one.split(": ", 1) for one in headers)["Job-UUID"]
            writer.write(f"Content-Type: command/reply\nReply-Text: +OK Job-UUID: {job}\nJob-UUID: {job}\n\n".encode())
            await self._originate(words, job)
        else:
            said = await self._api(words)
            writer.write(f"Content-Type: api/response\nContent-Length: {len(said)}\n\n{said}".encode())

    async def _originate(self, words: str, job: str) -> None:
        if self.no_gateway:
            said = {"Job-UUID": job, "_body": "-ERR GATEWAY_DOWN\n"}
            await self.tell("BACKGROUND_JOB", **said)
            return
        leg = re.search(r"origination_uuid=([^,}]+)", words)
        assert leg
        self.legs[leg[1]] = {"Unique-ID": leg[1], "Call-Direction": "outbound", "asked": words}
        await self.tell("CHANNEL_CREATE", leg[1])

    async def _api(self, words: str) -> str:
        verb, leg, *rest = words.split()
        if leg not in self.legs:
            return "-ERR No such channel!\n"
        match verb, rest:
            case "uuid_kill", _:
                await self.hangs_up(leg)
            case "uuid_dual_transfer", [first, second]:
                if leg not in self.bridged:
                    return "-ERR Not bridged\n"
                self.rooms |= {leg: _room(first), self.bridged[leg]: _room(second)}
                self.bridged = {}
            case "uuid_transfer", [where, *_]:
                self.rooms[leg] = _room(where)
            case _:
                return "-USAGE\n"
        return "+OK\n"


def _room(where: str) -> str:
    return where.removeprefix("conference:").partition("@")[0]


@asynccontextmanager
async def playing() -> AsyncIterator[tuple[Freeswitch, int]]:
    """It listens on loopback until the block ends."""
    one = Freeswitch()
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    port: Any = server.sockets[0].getsockname()[1]
    yield one, port
    server.close()
    for writer, _ in one.listeners:
        writer.close()
