"""Reads bytes as the Chinese they are, whatever their label says: gb2312 that is gb18030, wrong labels, none at all."""

from __future__ import annotations

import codecs
import re

_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\u200b\ufeff]")
_LABEL = re.compile(r"[a-z0-9][a-z0-9_.:-]*")
_CHINESE = re.compile(r"gb|936|euc-cn|euccn")
_SAYS_NOTHING = frozenset(
    {"", "us-ascii", "ascii", "ansi_x3.4-1968", "unknown", "unknown-8bit", "x-unknown", "default"}
)
_WESTERN = frozenset({"iso-8859-1", "iso8859-1", "latin1", "latin-1", "windows-1252", "cp1252", "iso-8859-15"})
_NO_CHARSETS = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"})
"""Python's own notations, found by name like a charset: some fail on bytes they do not like, whatever they are told."""
_GUESSES = ("utf-8", "gb18030", "big5hkscs")
_HIGH = re.compile(rb"[\x80-\xff]+")


def decode(raw: bytes, label: str = "") -> str:
    """``raw`` as text. Never raises; what cannot be read in any way becomes U+FFFD."""
    if raw.isascii() and b"\x1b" not in raw and not _is_hz(label):
        return raw.decode("ascii")
    name = _codec(label)
    if name == "gb18030" and (text := _utf8(raw)):
        return text
    for codec in (name, *_GUESSES) if name else _guesses(raw, label):
        try:
            return raw.decode(codec)
        except (UnicodeError, LookupError, ValueError):
            continue
    # Cut in the middle of a character, or spoiled on the way: the reading that loses least.
    readings = (raw.decode(codec, "replace") for codec in dict.fromkeys((name or "utf-8", "utf-8", "gb18030")))
    return min(readings, key=lambda text: text.count("\ufffd"))


def _utf8(raw: bytes) -> str:
    """The text where the bytes are UTF-8 Chinese for certain, "" where they are not: Chinese characters have three bytes
    there, and no GB text of any length falls into that pattern by chance."""
    try:
        text = raw.decode()
    except UnicodeError:
        return ""
    return text if all(char.isascii() or char >= "\u0800" for char in text) else ""


def clean(text: str) -> str:
    """``text`` with plain line breaks and without what no store can hold."""
    return _UNSTORABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " "))


def _codec(label: str) -> str:
    """The codec a label means, "" where it means nothing that can be believed."""
    # Labels such as 'charset="gb2312' or "gb2312_charset" are met in real mail.
    words = _LABEL.findall(label.lower().replace("charset", ""))
    name = words[0].strip("_-.") if words else ""
    if name in _SAYS_NOTHING or name in _WESTERN:
        return ""
    if name.startswith("hz"):
        return "hz"
    if _CHINESE.search(name):
        return "gb18030"
    if "big5" in name or name == "cp950":
        return "big5hkscs"
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    known = found._is_text_encoding and found.name.replace("-", "_") not in _NO_CHARSETS
    return found.name if known else ""


def _guesses(raw: bytes, label: str) -> tuple[str, ...]:
    """Western text has its high bytes alone among letters, Chinese has them in pairs."""
    words = _LABEL.findall(label.lower())
    if words and words[0] in _WESTERN:
        runs = [len(run) for run in _HIGH.findall(raw)]
        if sum(1 for run in runs if run == 1) * 2 > len(runs):
            return ("utf-8", "cp1252", "latin-1")
    return _GUESSES


def _is_hz(label: str) -> bool:
    return label.lower().startswith(("hz", "iso-2022"))
