"""An untrusted value is checked when it is read, and complains with its path."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.errors import Malformed
from channels.payload import Payload

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
READERS: list[Any] = [
    lambda p: p.text(limit=50), lambda p: p.word(limit=50), lambda p: p.integer(), lambda p: p.number(),
    lambda p: p.flag(), lambda p: p.one_of({"a": 1}), lambda p: p["a"], lambda p: p[0], list,
    lambda p: p.get("a"), lambda p: list(p.each()), lambda p: p.has("a"),
]  # fmt: skip


def complaint(read: Any) -> str:
    try:
        read()
    except Malformed as problem:
        return str(problem)
    return ""


@given(value=JSON, reader=st.sampled_from(READERS))
def test_a_reader_reads_or_says_malformed(value: Any, reader: Any) -> None:
    told = complaint(lambda: reader(Payload(value)))
    assert not told or told.startswith("body")


@given(body=st.binary(max_size=200))
def test_any_bytes_are_json_or_malformed(body: bytes) -> None:
    told = complaint(lambda: Payload.from_json(body))
    assert not told or "JSON" in told


@pytest.mark.parametrize("body", [b"[" * 100_000, b"NaN", b"-Infinity", b"9" * 5000, b'"\xff"', b"", b"{'a':1}"])
def test_what_json_readers_stumble_over(body: bytes) -> None:
    with pytest.raises(Malformed):
        Payload.from_json(body)


@pytest.mark.parametrize(
    ("reader", "told"),
    [
        (lambda p: p["x"], "body.x is missing"),
        (lambda p: p["list"][3], "body.list[3] is missing"),
        (lambda p: p["list"][-1], "body.list[-1] is missing"),
        (lambda p: p["null"], "body.null is missing"),
        (lambda p: p["list"][0]["no"].text(limit=9), "body.list[0].no is a number, not a text"),
        (lambda p: p["word"].text(limit=2), "body.word is longer than 2 characters"),
        (lambda p: p["word"].integer(), "body.word is a text, not an integer of at most 18 digits"),
        (lambda p: p["word"]["x"], "body.word is a text, not an object"),
        (lambda p: p["blank"].word(limit=9), "body.blank is empty"),
        (lambda p: p["yes"].integer(), "body.yes is true or false, not an integer of at most 18 digits"),
        (lambda p: p["word"].one_of({"b": 1, "a": 2}), "body.word is a text, not one of a, b"),
    ],
)
def test_complaints_carry_the_path_and_never_the_value(reader: Any, told: str) -> None:
    body = {"list": [{"no": 7}], "word": "秘密的话", "blank": "  ", "null": None, "yes": True}
    with pytest.raises(Malformed) as problem:
        reader(Payload.from_json(json.dumps(body).encode()))
    assert str(problem.value) == told


def test_good_values_are_read() -> None:
    p = Payload({"a": "x\x00\ud83d", "n": "12", "f": "36.65", "id": 7, "t": "TRUE", "list": [1, 2]})
    assert p["a"].text(limit=9) == "x\ufffd\ufffd"
    assert (p["n"].integer(), p["f"].number(), p["id"].word(limit=9), p["t"].flag()) == (12, 36.65, "7", True)
    assert [item.integer() for item in p["list"]] == [1, 2]
    assert [item.integer() for item in p["id"].each()] == [7]


def test_nothing_inside_is_shown() -> None:
    assert repr(Payload({"a": "秘密"})["a"]) == "<Payload body.a: a text>"


def test_a_fingerprint_hangs_on_the_value_and_not_on_its_order() -> None:
    def of(body: str) -> str:
        return Payload.from_json(body.encode()).fingerprint()

    assert of('{"a": 1, "b": [2, "\\ud800"]}') == of('{"b": [2, "\\ud800"], "a": 1}')
    assert len({of(body) for body in ("1", '"1"', "[1]", "{}", "null", '"\\ud800"', '"\\ud801"')}) == 7
    deep: object = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(Malformed, match="nested too deeply"):
        Payload(deep).fingerprint()
