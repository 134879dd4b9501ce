"""Writes the life cycle's table and picture for people; ``python -m tickets.lifecycle_doc > docs/lifecycle.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from tickets.lifecycle import PHASES, TABLE
from tickets.papers.request import LIVE, SIGNATURES, RequestKind
from tickets.phases.row import Fork, Party, Row


def lines() -> Iterator[str]:
    """The page, line by line."""
    yield "# The life of a ticket"
    yield ""
    yield "Written from the table in `tickets/phases`; do not edit by hand (`python -m tickets.lifecycle_doc > docs/lifecycle.md`)."
    yield ""
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield from _arrows()
    yield "```"
    yield ""
    yield "Requests wait for signatures; the first signer to the last are different people, and none is who asked:"
    yield ""
    yield "| request | signed by | lapses outside |"
    yield "|---|---|---|"
    for kind in RequestKind:
        signers = " → ".join(SIGNATURES[kind]) if kind in SIGNATURES else "as the policy says"
        yield f"| {kind} | {signers} | {', '.join(sorted(LIVE[kind]))} |"
    for phase in PHASES:
        yield ""
        yield f"## {(phase.__doc__ or '').split(':')[0].rstrip('.')}"
        yield ""
        yield "| row | order | in states | by | leads to | needs | refused when |"
        yield "|---|---|---|---|---|---|---|"
        yield from (_told(row) for row in phase.ROWS)


def _arrows() -> Iterator[str]:
    yield "    [*] --> draft: open_draft"
    for row in TABLE:
        ways = row.to.ways if isinstance(row.to, Fork) else (row.to,) if row.to else ()
        for state in sorted(row.of):
            for way in ways:
                if way is not state:
                    yield f"    {state} --> {way}: {row.command}"


def _told(row: Row) -> str:
    to = f"{', '.join(row.to.ways)} ({row.to.words})" if isinstance(row.to, Fork) else str(row.to or "as before")
    cells = (
        row.row,
        f"`{row.command}`",
        ", ".join(sorted(row.of)),
        ", ".join(sorted(row.by)) + (" (helping)" if row.party is Party.HELPER else ""),
        to,
        ", ".join(row.needs) or "–",
        ", ".join(guard.__name__ for guard in row.guards) or "–",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.stdout.write("\n".join(lines()) + "\n")
