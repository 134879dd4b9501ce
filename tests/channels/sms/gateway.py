"""A CMPP gateway of our own making: no other was to be had, so it is built from the published tables (and from no code
of ours), field by field, and is held to the same vectors."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from hashlib import md5
from typing import Any

CMPP: Mapping[str, Any] = {
    "provider": "cmpp",
    "host": "127.0.0.1",
    "port": 7890,
    "user": "901783",
    "password": "ICP001-secret",
    "service_id": "HELP",
    "sign_name": "示例市12345",
    "number": "1065712345",
    "timeout_seconds": 0.5,
    "silence_seconds": 0.3,
}
# (field, octets in 2.0, octets in 3.0), in the order of the tables.
SUBMIT = [
    ("Msg_Id", 8, 8), ("Pk_total", 1, 1), ("Pk_number", 1, 1), ("Registered_Delivery", 1, 1), ("Msg_level", 1, 1),
    ("Service_Id", 10, 10), ("Fee_UserType", 1, 1), ("Fee_terminal_Id", 21, 32), ("Fee_terminal_type", 0, 1),
    ("TP_pId", 1, 1), ("TP_udhi", 1, 1), ("Msg_Fmt", 1, 1), ("Msg_src", 6, 6), ("FeeType", 2, 2), ("FeeCode", 6, 6),
    ("ValId_Time", 17, 17), ("At_Time", 17, 17), ("Src_Id", 21, 21), ("DestUsr_tl", 1, 1), ("Dest_terminal_Id", 21, 32),
    ("Dest_terminal_type", 0, 1), ("Msg_Length", 1, 1), ("Msg_Content", -1, -1), ("Reserve", 8, 20),
]  # fmt: skip
CONNECT_, TERMINATE, SUBMIT_, DELIVER, ACTIVE_TEST, ANSWER = 1, 2, 4, 5, 8, 0x80000000


def fields(body: bytes, *, v3: bool) -> dict[str, bytes]:
    """A SUBMIT taken apart; what is left over fails."""
    found, at = {}, 0
    for name, v2_size, v3_size in SUBMIT:
        size = v3_size if v3 else v2_size
        size = found["Msg_Length"][0] if size < 0 else size
        found[name], at = body[at : at + size], at + size
    assert at == len(body)
    return found


class Gateway:
    """A Peer of the contract suite that can deliver, too."""

    def __init__(self, version: str) -> None:
        self.v3 = version == "3.0"
        self.settings: Mapping[str, Any] = {}
        self.submits: list[dict[str, bytes]] = []
        self.taken: list[dict[str, bytes]] = []
        """Those it answered with 0, whether or not the answer arrived."""
        self.admitted = 0
        """How often somebody was let in."""
        self.held = False
        """Whether somebody was admitted and did not leave."""
        self.answers: list[tuple[int, str, int]] = []
        """(sequence, Msg_Id, Result) of each DELIVER_RESP."""
        self.tests = 0
        self.left = False
        self._mode: tuple[str, int] = ("accept", 0)
        self._writer: asyncio.StreamWriter | None = None
        self.writers: list[asyncio.StreamWriter] = []
        self._serial = 0x44
        self._sequence = 100
        self.reports = ""
        """The Stat of the report that follows each SUBMIT that asks for one, "" for none."""

    def accept(self) -> None:
        self._mode = ("accept", 0)

    def refuse(self, code: str) -> None:
        self._mode = ("refuse", int(code.removeprefix("submit.")))

    def hang(self) -> None:
        self._mode = ("hang", 0)

    def drop(self) -> None:
        self._mode = ("drop", 0)

    def cut(self) -> None:
        assert self._writer is not None
        self._writer.transport.abort()

    def send(self, command: int, sequence: int, body: bytes = b"") -> None:
        assert self._writer is not None
        self._writer.write(struct.pack(">III", 12 + len(body), command, sequence) + body)

    def deliver(self, content: bytes, *, id: str = "bba5654001230046", coding: int = 8, **more: Any) -> None:
        """A citizen's text, or a report."""
        phone = more.get("phone", b"13800138000").ljust(32 if self.v3 else 21, b"\0")
        body = bytes.fromhex(id) + more.get("to", b"1065712345").ljust(21, b"\0") + b"HELP".ljust(10, b"\0")
        body += bytes((0, int(more.get("udhi", False)), coding)) + phone + (b"\0" if self.v3 else b"")
        body += bytes((int(more.get("report", False)), len(content))) + content + bytes(20 if self.v3 else 8)
        self._sequence += 1
        self.send(DELIVER, self._sequence, body)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self.writers.append(writer)
        with suppress(asyncio.IncompleteReadError, OSError):
            while True:
                size, command, sequence = struct.unpack(">III", await reader.readexactly(12))
                self._take(command, sequence, await reader.readexactly(size - 12))
        self.held = self.held and self._writer is not writer
        writer.close()

    def _take(self, command: int, sequence: int, body: bytes) -> None:
        if command == CONNECT_:
            self.send(command | ANSWER, sequence, self._admission(body))
        elif command == SUBMIT_:
            self._submitted(sequence, body)
        elif command == DELIVER | ANSWER:
            self.answers.append((sequence, body[:8].hex(), int.from_bytes(body[8:], "big")))
            assert len(body) == (12 if self.v3 else 9)
        elif command == ACTIVE_TEST:
            self.tests += 1
            self.send(command | ANSWER, sequence, b"\0")
        elif command == TERMINATE:
            self.left = True
            self.send(command | ANSWER, sequence)

    def _admission(self, body: bytes) -> bytes:
        source, proof, version, stamp = body[:6], body[6:22], body[22], int.from_bytes(body[23:27], "big")
        secret = str(CMPP["password"]).encode()
        wanted = md5(b"901783" + bytes(9) + secret + f"{stamp:010d}".encode()).digest()
        status = (
            2 if source != b"901783" else 3 if proof != wanted else 4 if version > (0x30 if self.v3 else 0x20) else 0
        )
        said = status.to_bytes(4 if self.v3 else 1, "big")
        self.held = not status
        self.admitted += not status
        return said + md5(said + proof + secret).digest() + bytes((0x30 if self.v3 else 0x20,))

    def _submitted(self, sequence: int, body: bytes) -> None:
        one = fields(body, v3=self.v3)
        self.submits.append(one)
        what, code = self._mode
        if what == "drop":
            self.cut()
        if what in {"drop", "hang"}:
            return
        self._serial += 1
        if not code:
            self.taken.append(one)
        id = bytes.fromhex("bba565400123") + self._serial.to_bytes(2, "big")
        self.send(SUBMIT_ | ANSWER, sequence, id + code.to_bytes(4 if self.v3 else 1, "big"))
        if self.reports and one["Registered_Delivery"] == b"\1":
            phone = one["Dest_terminal_Id"]
            report = id + self.reports.encode().ljust(7, b"\0") + b"2611230922" * 2 + phone + bytes(4)
            self.deliver(report, report=True)


@asynccontextmanager
async def gateway(version: str) -> AsyncIterator[Gateway]:
    """A gateway on a free port of loopback."""
    one = Gateway(version)
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    one.settings = {**CMPP, "version": version, "port": server.sockets[0].getsockname()[1]}
    try:
        yield one
    finally:
        server.close()
        for writer in one.writers:
            writer.transport.abort()
        await asyncio.gather(*(writer.wait_closed() for writer in one.writers), return_exceptions=True)
        await server.wait_closed()


peers = {version: partial(gateway, version) for version in ("2.0", "3.0")}
