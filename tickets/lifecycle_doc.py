"""Writes the life cycle's table and picture for people; ``python -m tickets.lifecycle_doc > docs/lifecycle.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from tickets.lifecycle import TABLE, Row
from tickets.ticket import State


def lines() -> Iterator[str]:
    """The page, line by line."""
    yield "# The life of a ticket"
    yield ""
    yield "Written from `tickets/lifecycle.py`; do not edit by hand (`python -m tickets.lifecycle_doc > docs/lifecycle.md`)."
    yield ""
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield "    [*] --> received: submit"
    for row in TABLE:
        if isinstance(row.to, State):
            for state in sorted(row.of):
                yield f"    {state} --> {row.to}: {row.command}"
    yield "    to_callback --> closed: rate"
    yield "```"
    yield ""
    yield "| row | order | in states | by | leads to | needs | refused when |"
    yield "|---|---|---|---|---|---|---|"
    yield from (_told(row) for row in TABLE)


def _told(row: Row) -> str:
    to = (
        "as before"
        if row.to is None
        else str(row.to)
        if isinstance(row.to, State)
        else row.to.__name__.replace("_", " ")
    )
    cells = (
        row.row,
        f"`{row.command}`",
        ", ".join(sorted(row.of)),
        ", ".join(sorted(row.by)),
        to,
        ", ".join(row.needs) or "–",
        ", ".join(guard.__name__ for guard in row.guards) or "–",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.stdout.write("\n".join(lines()) + "\n")
