"""What is wrong with the settings, said so that an operator can mend it: the key, and the cure."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where, and what to write instead."""

    key: str
    cure: str

    def __str__(self) -> str:
        return f"{self.key}: {self.cure}"


class BadSettings(Exception):
    """The settings cannot be used; all problems at once."""

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        self.source = source
        self.problems = tuple(problems)
        lines = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(f"{source} 有 {len(problems)} 处需要修改 (to be corrected):\n{lines}")


def told(
    error: ValidationError, model: type[BaseModel], prefix: tuple[str, ...], names: Mapping[tuple[str, ...], str]
) -> list[Problem]:
    """A pydantic error as problems. ``names`` gives the environment variable a key came from."""
    problems = []
    for detail in error.errors(include_input=False, include_url=False, include_context=False):
        place = (*prefix, *(str(part) for part in detail["loc"]))
        problems.append(Problem(_where(place, names), _cure(detail, model)))
    return problems


def unknown(name: str, known: Sequence[str]) -> str:
    """The cure for a name nobody knows."""
    near = difflib.get_close_matches(name, known, 1)
    return f'unknown key; did you mean "{near[0]}"?' if near else f"unknown key; known here: {', '.join(known)}"


def _where(place: tuple[str, ...], names: Mapping[tuple[str, ...], str]) -> str:
    for length in range(len(place), 0, -1):
        if place[:length] in names:
            return f"{'.'.join(place)} (from {names[place[:length]]})"
    return ".".join(place)


def _cure(detail: ErrorDetails, model: type[BaseModel]) -> str:
    kind, last = detail["type"], str(detail["loc"][-1]) if detail["loc"] else ""
    if kind == "extra_forbidden":
        return unknown(last, _keys(model, [str(part) for part in detail["loc"][:-1]]))
    if kind == "missing":
        return "missing; write it into the file, or set it in the environment"
    return detail["msg"].removeprefix("Value error, ")


def _keys(model: type[BaseModel], path: Sequence[str]) -> list[str]:
    """Field names of the model reached by ``path``, as far as it can be followed."""
    for part in path:
        field = model.model_fields.get(part)
        if field is None or not (isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)):
            break
        model = field.annotation
    return list(dict.fromkeys(name for kind in _kinds(model) for name in kind.model_fields))


def _kinds(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The model, and those it stands for: told apart by one of its keys."""
    yield model
    for kind in model.__subclasses__():
        yield from _kinds(kind)
