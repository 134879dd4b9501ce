"""Changes one of the papers on a ticket, or adds one; the others stay as they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol, TypeVar


class Paper(Protocol):
    """Anything that gathers on a ticket, numbered from 1."""

    @property
    def n(self) -> int: ...


P = TypeVar("P", bound=Paper)


def amended(papers: tuple[P, ...], which: Callable[[P], bool], **changes: Any) -> tuple[P, ...]:
    """``papers`` with ``changes`` on those that ``which`` picks."""
    return tuple(replace(one, **changes) if which(one) else one for one in papers)  # type: ignore[type-var]


def filed(papers: tuple[P, ...], paper: Callable[..., P], /, **fields: Any) -> tuple[P, ...]:
    """``papers`` and a new one behind them."""
    return (*papers, paper(n=len(papers) + 1, **fields))
