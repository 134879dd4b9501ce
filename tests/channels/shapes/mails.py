"""Mails of any headers in front of any tree of parts, each declared as one thing and holding another."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

from tests.channels.shapes.trees import TEXT

_CHARSETS = st.sampled_from(
    [
        "utf-8",
        "gb2312",
        "hz-gb-2312",
        "big5",
        "utf-7",
        "utf-16",
        "x-none",
        "\xff",
        "",
        "idna",
        "rot13",
        "unicode_escape",
    ]
)
_TYPES = st.sampled_from([
    "text/plain", "text/html", "message/rfc822", "message/delivery-status", "message/disposition-notification",
    "image/jpeg", "multipart/mixed", "multipart/report; report-type=delivery-status", "text/calendar", "a/b/c", "",
])  # fmt: skip
_CODINGS = st.sampled_from(["base64", "quoted-printable", "8bit", "x-uuencode", "nothing"])
_MORE = st.sampled_from(["References", "Auto-Submitted", "List-Id", "Return-Path", "X-Failed-Recipients"])
_OCTETS = st.binary(max_size=60) | TEXT.map(lambda text: text.encode("gb18030", "replace"))
_VALUES = st.lists(
    st.builds(
        lambda charset, how, raw: f"=?{charset}?{how}?{_written(how, raw)}?=".encode(),
        _CHARSETS, st.sampled_from("BQbX"), st.binary(max_size=20),
    ) | _OCTETS,
    max_size=3,
).map(lambda found: b" ".join(found).replace(b"\r", b"").replace(b"\n", b" "))  # fmt: skip
_ADDRESSES = st.sampled_from([b"<a@b.test>", b"a@b.test", b"<>", b"Mail <MAILER-DAEMON@b.test>", b'"x <y@z>" <q@\xff>'])
_DATES = st.sampled_from([
    b"Thu, 1 Jan 2026 08:00:00 +0800", b"Mon, 1 Jan 0001 00:00:00 +1400", b"Fri, 31 Dec 9999 23:59:59 -1200", b"32 Foo 20266",
])  # fmt: skip
_REPORTS = st.lists(st.sampled_from([
    b"Final-Recipient: rfc822; a@b.test", b"Action: failed", b"Status: 5.1.1", b"Original-Message-ID: <\0@b.test>", b"",
    b"Disposition: x/y; displayed", b": :",
]), max_size=6).map(b"\r\n".join)  # fmt: skip


def _written(how: str, raw: bytes) -> str:
    return b64encode(raw).decode() if how in "Bb" else "".join(f"={octet:02X}" for octet in raw)


@st.composite
def _part(draw: Callable[..., Any], inner: st.SearchStrategy[bytes]) -> bytes:
    charset, name = draw(_CHARSETS), draw(_VALUES)
    head = f'Content-Type: {draw(_TYPES)}; charset="{charset}"; boundary=B; name="'.encode("latin-1") + name
    head += f'"\r\nContent-Transfer-Encoding: {draw(_CODINGS)}\r\n'.encode()
    if draw(st.booleans()):
        head += b"Content-Disposition: attachment; filename*=" + draw(_VALUES) + b"\r\n"
    parts = draw(st.lists(inner, max_size=3))
    whole = b"".join(b"--B\r\n" + part + b"\r\n" for part in parts) + draw(st.sampled_from([b"--B--\r\n", b"", b"--B"]))
    return head + b"\r\n" + (whole if parts else draw(_OCTETS | _REPORTS))


_TREES = _part(st.recursive(_OCTETS | _REPORTS, _part, max_leaves=4))


@st.composite
def of_mail(draw: Callable[..., Any], _seeds: Sequence[bytes]) -> bytes:
    """One mail."""
    headers = {
        "From": draw(_ADDRESSES | _VALUES),
        "Subject": draw(_VALUES),
        "Date": draw(_DATES),
        "Message-ID": draw(_ADDRESSES | _VALUES),
        draw(_MORE): draw(_ADDRESSES | _VALUES),
    }
    lines = (name.encode() + b": " + value for name, value in headers.items())
    return b"\r\n".join(lines) + b"\r\n" + draw(_TREES)
