"""Reads a YAML sheet (policy, units, categories …) into frozen values; what does not fit names file, key and cure."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, time
from enum import Enum
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import yaml

T = TypeVar("T")


class SheetError(ValueError):
    """A sheet that cannot be used: ``source`` (file), ``key`` (dotted path) and what to write instead."""

    def __init__(self, source: str, key: str, cure: str) -> None:
        super().__init__(f"{source}: {key or 'the sheet'}: {cure}")
        self.source, self.key, self.cure = source, key, cure


class _Strict(yaml.SafeLoader):
    """YAML as usual, but a key written twice is an error instead of a silent loss of the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.MarkedYAMLError(problem=f"the key {key} is written twice", problem_mark=key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


def read(kind: type[T], text: str, *, source: str) -> T:
    """Read YAML ``text`` as a ``kind``: a dataclass, or a ``tuple[...]``/``Mapping[...]`` of such.

    Keys are field names (a trailing underscore dropped), unknown keys are errors, a field with a default may be left
    out. A class with ``parse(text)`` may be written as one word. Raises SheetError."""
    try:
        # The strict loader is a SafeLoader: it builds plain values only.
        raw = yaml.load(text, Loader=_Strict)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        line = f" (line {error.problem_mark.line + 1})" if error.problem_mark else ""
        raise SheetError(source, "", f"not readable as YAML{line}: {error.problem}") from None
    return cast(T, _Reader(source).value(kind, raw, ""))


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source

    def value(self, kind: Any, raw: object, key: str) -> Any:
        """``raw`` as a ``kind``."""
        origin, args = get_origin(kind), get_args(kind)
        if origin in {Union, UnionType}:
            if raw is None and NoneType in args:
                return None
            return self.value(next(arg for arg in args if arg is not NoneType), raw, key)
        if origin is tuple:
            if not isinstance(raw, list):
                raise SheetError(self.source, key, "write a list, [a, b] or one item a line after -")
            return tuple(self.value(args[0], item, f"{key}[{at}]") for at, item in enumerate(raw))
        if isinstance(origin, type) and issubclass(origin, Mapping):
            table = self.mapping(raw, key)
            return {
                self.value(args[0], k, _join(key, k)): self.value(args[1], v, _join(key, k)) for k, v in table.items()
            }
        if is_dataclass(kind) and (isinstance(raw, dict) or not hasattr(kind, "parse")):
            return self.record(kind, self.mapping(raw, key), key)
        return self.scalar(kind, raw, key)

    def mapping(self, raw: object, key: str) -> dict[Any, object]:
        """``raw`` if it is a mapping."""
        if not isinstance(raw, dict):
            raise SheetError(self.source, key, "write keys and values here")
        return raw

    def record(self, kind: Any, raw: dict[Any, object], key: str) -> object:
        """A dataclass from a mapping."""
        hints = get_type_hints(kind)
        known = {field.name.rstrip("_"): field for field in fields(kind) if field.init}
        for name in raw:
            if name not in known:
                near = difflib.get_close_matches(str(name), known, 1)
                meant = f"did you mean {near[0]}?" if near else f"known here are {', '.join(known)}"
                raise SheetError(self.source, _join(key, name), f"unknown key; {meant}")
        values = {}
        for name, field in known.items():
            if name in raw:
                values[field.name] = self.value(hints[field.name], raw[name], _join(key, name))
            elif field.default is MISSING and field.default_factory is MISSING:
                raise SheetError(self.source, _join(key, name), "missing; write it here")
        try:
            return kind(**values)
        except ValueError as error:
            raise SheetError(self.source, key, str(error)) from None

    def scalar(self, kind: Any, raw: object, key: str) -> object:
        """One word or number."""
        try:
            if hasattr(kind, "parse"):
                return kind.parse(_text(raw))
            if issubclass(kind, Enum):
                return _member(kind, raw)
            return _SCALARS[kind](raw)
        except ValueError as error:
            raise SheetError(self.source, key, f"{raw!r} does not fit: {error}") from None


def _join(key: str, name: object) -> str:
    return f"{key}.{name}" if key else str(name)


def _text(raw: object) -> str:
    if not isinstance(raw, str):
        raise ValueError('write it in quotes, "..."')
    return raw


def _number(raw: object) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool):
        raise ValueError("write a whole number")
    return raw


def _truth(raw: object) -> bool:
    if not isinstance(raw, bool):
        raise ValueError("write true or false")
    return raw


def _day(raw: object) -> date:
    if not isinstance(raw, date) or isinstance(raw, datetime):
        raise ValueError("write a date, 2026-01-31")
    return raw


def _clock(raw: object) -> time:
    try:
        return time.fromisoformat(_text(raw))
    except ValueError:
        raise ValueError('write a time of day in quotes, "17:30"') from None


def _member(kind: type[Enum], raw: object) -> Enum:
    try:
        return kind(raw)
    except ValueError:
        raise ValueError(f"write one of {', '.join(str(member.value) for member in kind)}") from None


_SCALARS: dict[type, Callable[[object], object]] = {
    str: _text,
    int: _number,
    bool: _truth,
    date: _day,
    time: _clock,
}
