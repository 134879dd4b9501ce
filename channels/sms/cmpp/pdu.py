"""CMPP packets as octets, both ways, in both versions (QB-GF-028-2003, CMPP 3.0.0; CMPP 2.0)."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import md5

from channels.errors import Malformed
from channels.sms.line.octets import Octets

HEAD = 12
LARGEST = 4096
"""Octets: far more than any packet with one text."""
LAST_SEQUENCE = 0xFFFFFFFF
RESPONSE = 0x80000000
_HEADER = struct.Struct(">III")
_SP_PAYS = 2
_REPORT_2, _REPORT_3 = 60, 71


class Version(IntEnum):
    """As CONNECT carries it."""

    V2 = 0x20
    V3 = 0x30


class Command(IntEnum):
    """The command ids we meet."""

    CONNECT = 0x01
    TERMINATE = 0x02
    SUBMIT = 0x04
    DELIVER = 0x05
    ACTIVE_TEST = 0x08


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit:
    """SUBMIT to one phone. ``total`` and ``number`` count the parts of a long text."""

    service_id: str
    sp_id: str
    fee_type: str
    fee_code: str
    source: str = field(repr=False)
    phone: str = field(repr=False)
    content: bytes = field(repr=False)
    total: int = 1
    number: int = 1
    report: bool = True
    udhi: bool = False
    coding: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliver:
    """DELIVER. ``id`` is 16 hexadecimal digits: a Msg_Id does not fit a signed 64-bit number."""

    id: str
    to: str
    phone: str = field(repr=False)
    udhi: bool
    coding: int
    report: bool
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Report:
    """What a DELIVER with Registered_Delivery = 1 holds."""

    id: str
    stat: str


def packet(command: int, sequence: int, body: bytes = b"") -> bytes:
    """A whole packet."""
    return _HEADER.pack(HEAD + len(body), command, sequence) + body


def head(octets: bytes) -> tuple[int, int, int]:
    """(size, command, sequence). Raises Malformed for a size no packet has."""
    if len(octets) < HEAD:
        raise Malformed("the header is cut off")
    size, command, sequence = _HEADER.unpack_from(octets)
    if not HEAD <= size <= LARGEST:
        raise Malformed("Total_Length is out of bounds")
    return size, command, sequence


def connect(sp_id: str, secret: str, *, stamp: str, version: Version) -> bytes:
    """The body of CONNECT. ``stamp`` is MMDDHHMMSS, ten digits: its leading zero is part of the proof."""
    proof = md5(sp_id.encode() + bytes(9) + secret.encode() + stamp.encode(), usedforsecurity=False).digest()
    return sp_id.encode() + proof + bytes((version,)) + int(stamp).to_bytes(4, "big")


def submit(one: Submit, version: Version) -> bytes:
    """The body of SUBMIT. Raises ValueError where the content is too long."""
    if len(one.content) > 140:
        raise ValueError("Msg_Content holds at most 140 octets")
    v3 = version is Version.V3
    phone = 32 if v3 else 21
    kind = b"\x00" if v3 else b""  # the number is a real one
    return b"".join(
        (
            bytes(8), bytes((one.total, one.number, int(one.report), 0)),  # Msg_Id is the gateway's; Msg_level
            _wide(one.service_id, 10), bytes((_SP_PAYS,)), bytes(phone), kind,
            bytes((0, int(one.udhi), one.coding)), _wide(one.sp_id, 6), _wide(one.fee_type, 2),
            _wide(one.fee_code, 6), bytes(17), bytes(17), _wide(one.source, 21),
            b"\x01", _wide(one.phone, phone), kind,
            bytes((len(one.content),)), one.content, bytes(20 if v3 else 8),
        )
    )  # fmt: skip


def deliver(body: bytes, version: Version) -> Deliver:
    """The body of DELIVER. Raises Malformed."""
    v3 = version is Version.V3
    octets = Octets(body)
    id, to = octets.take(8).hex(), octets.word(21)
    octets.take(11)  # Service_Id, TP_pid
    udhi, coding = bool(octets.number()), octets.number()
    phone = octets.word(32 if v3 else 21)
    octets.take(1 if v3 else 0)
    report = octets.number() == 1
    content = octets.take(octets.number())
    octets.take(20 if v3 else 8)
    return Deliver(id=id, to=to, phone=phone, udhi=udhi, coding=coding, report=report, content=content)


def report(content: bytes) -> Report:
    """The content of a report; its length tells the version, some gateways mix them. Raises Malformed."""
    if len(content) not in {_REPORT_2, _REPORT_3}:
        raise Malformed("a report is 60 or 71 octets long")
    octets = Octets(content)
    return Report(octets.take(8).hex(), octets.word(7))


def result(body: bytes, *, behind: int) -> int:
    """The code in an answer ``behind`` octets into it: one octet long in 2.0, four in 3.0. Raises Malformed."""
    octets = Octets(body)
    octets.take(behind)
    return octets.number(4 if octets.left in {4, 21} else 1)


def _wide(word: str, width: int) -> bytes:
    octets = word.encode("ascii")
    if len(octets) > width:
        raise ValueError(f"a word is longer than its {width} octets")
    return octets.ljust(width, b"\x00")
