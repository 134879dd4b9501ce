"""SMPP 3.4 PDUs as octets, both ways (SMPP v3.4 issue 1.2, chapters 4 and 5)."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from channels.errors import Malformed
from channels.sms.line.octets import Octets

HEAD = 16
LAST_SEQUENCE = 0x7FFFFFFF
LARGEST = 70_000
"""Octets: message_payload alone may hold 64 KiB."""
RESPONSE = 0x80000000
VERSION = 0x34
UDHI = 0x40
SHORT, ADDRESS = 254, 20
"""Octets of short_message, characters of an address."""
_HEADER = struct.Struct(">IIII")
_TLV = struct.Struct(">HH")


class Command(IntEnum):
    """The command ids we meet."""

    BIND_TRANSCEIVER = 0x09
    SUBMIT_SM = 0x04
    DELIVER_SM = 0x05
    UNBIND = 0x06
    ENQUIRE_LINK = 0x15
    GENERIC_NACK = 0x80000000


class Tag(IntEnum):
    """The optional parameters we read and write."""

    RECEIPTED_MESSAGE_ID = 0x001E
    SAR_MSG_REF_NUM = 0x020C
    SAR_TOTAL_SEGMENTS = 0x020E
    SAR_SEGMENT_SEQNUM = 0x020F
    MESSAGE_PAYLOAD = 0x0424
    MESSAGE_STATE = 0x0427


@dataclass(frozen=True, slots=True, kw_only=True)
class Sms:
    """The body submit_sm and deliver_sm share. ``tlvs`` holds the last of each tag."""

    source: str = field(repr=False)
    source_ton: int = 0
    source_npi: int = 0
    destination: str = field(repr=False)
    destination_ton: int = 0
    destination_npi: int = 0
    esm_class: int = 0
    registered_delivery: int = 0
    data_coding: int = 0
    short_message: bytes = field(default=b"", repr=False)
    tlvs: Mapping[int, bytes] = field(default_factory=dict, repr=False)

    @property
    def octets(self) -> bytes:
        """The text, wherever it lies."""
        return self.short_message or self.tlvs.get(Tag.MESSAGE_PAYLOAD, b"")


def pdu(command: int, sequence: int, body: bytes = b"", *, status: int = 0) -> bytes:
    """A whole PDU."""
    return _HEADER.pack(HEAD + len(body), command, status, sequence) + body


def head(octets: bytes) -> tuple[int, int, int, int]:
    """(size, command, status, sequence). Raises Malformed for a size no PDU has."""
    if len(octets) < HEAD:
        raise Malformed("the header is cut off")
    size, command, status, sequence = _HEADER.unpack_from(octets)
    if not HEAD <= size <= LARGEST:
        raise Malformed("command_length is out of bounds")
    return size, command, status, sequence


def bind(user: str, password: str, system_type: str) -> bytes:
    """The body of bind_transceiver."""
    return _c(user) + _c(password) + _c(system_type) + bytes((VERSION, 0, 0)) + b"\x00"


def write(sms: Sms) -> bytes:
    """The body of submit_sm. Raises ValueError where a field cannot hold what it is given."""
    if len(sms.short_message) > SHORT or max(len(sms.source), len(sms.destination)) > ADDRESS:
        raise ValueError("the text or an address is too long")
    return b"".join(
        (
            _c(""),  # service_type
            bytes((sms.source_ton, sms.source_npi)), _c(sms.source),
            bytes((sms.destination_ton, sms.destination_npi)), _c(sms.destination),
            bytes((sms.esm_class, 0, 0)),  # protocol_id, priority_flag
            _c(""), _c(""),  # schedule_delivery_time, validity_period: at once, the centre's default
            bytes((sms.registered_delivery, 0, sms.data_coding, 0, len(sms.short_message))),
            sms.short_message,
            *(_TLV.pack(tag, len(value)) + value for tag, value in sms.tlvs.items()),
        )
    )  # fmt: skip


def read(body: bytes) -> Sms:
    """The body of submit_sm or deliver_sm. Raises Malformed."""
    octets = Octets(body)
    octets.c_word(5)  # service_type
    source_ton, source_npi, source = octets.number(), octets.number(), octets.c_word(ADDRESS)
    destination_ton, destination_npi, destination = octets.number(), octets.number(), octets.c_word(ADDRESS)
    esm_class = octets.number()
    octets.take(2)
    octets.c_word(16)
    octets.c_word(16)
    registered_delivery = octets.number()
    octets.take(1)
    data_coding = octets.number()
    octets.take(1)
    short_message = octets.take(octets.number())
    return Sms(
        source=source, source_ton=source_ton, source_npi=source_npi,
        destination=destination, destination_ton=destination_ton, destination_npi=destination_npi,
        esm_class=esm_class, registered_delivery=registered_delivery, data_coding=data_coding,
        short_message=short_message, tlvs=_tlvs(octets),
    )  # fmt: skip


def message_id(body: bytes) -> str:
    """The id in the body of submit_sm_resp, "" where there is none (a refusal has no body). Raises Malformed."""
    return Octets(body).c_word(64) if body else ""


def _tlvs(octets: Octets) -> dict[int, bytes]:
    tlvs = {}
    while octets.left:
        tag = octets.number(2)
        tlvs[tag] = octets.take(octets.number(2))
    return tlvs


def _c(word: str) -> bytes:
    return word.encode("ascii") + b"\x00"
