"""Deliveries of an SMPP centre and of a CMPP gateway with any content, and sealed blocks that are not quite right."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

from channels.sms.smpp import pdu

_PHONES = st.sampled_from(["13800138000", "8613800138000", "+8613800138000", "1065712345", "", "0", "abc"])
_IDS = st.binary(max_size=70) | st.text("0a\0\x01\xff -", min_size=1, max_size=8).map(lambda id: id.encode("latin-1"))
_STATES = st.sampled_from([b"DELIVRD", b"UNDELIV", b"", b"\xff"])
_RECEIPTS = st.builds(
    lambda id, state, error: b"id:" + id + b" sub:001 stat:" + state + b" err:" + error + b" text:", _IDS, _STATES, _IDS
)
_PARTS = st.builds(
    lambda mark, rest: b"\5\0\3" + mark + rest, st.binary(min_size=3, max_size=3), st.binary(max_size=80)
)
_TLVS = st.dictionaries(st.sampled_from([*map(int, pdu.Tag), 0xFFFF]), _IDS | st.binary(max_size=4), max_size=4)


def _smpp(esm: st.SearchStrategy[int], content: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    coding = st.sampled_from([0, 1, 3, 4, 8, 15, 245])
    return st.builds(
        pdu.Sms, source=_PHONES, source_ton=st.integers(0, 6), destination=_PHONES, esm_class=esm, data_coding=coding,
        short_message=content, tlvs=_TLVS,
    ).map(lambda sms: pdu.pdu(pdu.Command.DELIVER_SM, 1, pdu.write(sms)))  # fmt: skip


_SMPP = _smpp(st.sampled_from([4, 0x44]), _RECEIPTS) | _smpp(
    st.sampled_from([0, 8, 0x20, 0x40, 255]), _PARTS | st.binary(max_size=140)
)


@st.composite
def _cmpp(draw: Callable[..., Any], width: int) -> bytes:
    """``width`` is that of a phone: 21 in version 2.0, 32 in 3.0."""
    report = draw(st.booleans())
    told = (
        draw(st.binary(min_size=8, max_size=8))
        + draw(_STATES).ljust(7, b"\0")
        + draw(st.binary(min_size=36, max_size=56))
    )
    content = told if report else draw(_PARTS | st.binary(max_size=140))
    body = draw(st.binary(min_size=8, max_size=8)) + draw(_PHONES).encode().ljust(21, b"\0") + b"HELP".ljust(10, b"\0")
    body += bytes((0, draw(st.integers(0, 1)), draw(st.sampled_from([0, 3, 4, 8, 15]))))
    body += draw(_PHONES).encode().ljust(width, b"\0") + (b"\0" if width == 32 else b"")
    body += bytes((report, len(content))) + content + bytes(20 if width == 32 else 8)
    return struct.pack(">III", 12 + len(body), 5, 1) + body


def of_pdu(seeds: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """Deliveries of the protocol the samples are of: a CMPP head has twelve octets, an SMPP head sixteen."""
    if all(seed[12:16] == b"\0\0\0\1" or seed[8:12] == bytes(4) for seed in seeds):
        return _SMPP
    return _cmpp(32 if any(b"13800138000".ljust(32, b"\0") in seed for seed in seeds) else 21)


@st.composite
def of_blocks(draw: Callable[..., Any], seeds: Sequence[bytes]) -> bytes:
    """A plain text to be sealed whose length, padding, account or words are not right."""
    plain = bytearray(draw(st.sampled_from(seeds)))
    places = st.sampled_from([16, 17, 18, 19, 20, -1, -2, -40])
    for place, value in draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=3)):
        plain[place] = value
    return bytes(plain[: draw(st.sampled_from([len(plain), 16, 32]))])
