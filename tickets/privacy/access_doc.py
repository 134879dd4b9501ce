"""Writes the table of rights for people; ``python -m tickets.privacy.access_doc > docs/access.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from tickets.privacy.access import CELLS, FIELDS, RIGHTS, FieldClass

_SIGNS = {sights: sign for sign, sights in CELLS.items()}


def lines() -> Iterator[str]:
    """The page, line by line."""
    yield "# Who may see what"
    yield ""
    yield "Written from the table in `tickets/privacy/access.py`; do not edit by hand (`python -m tickets.privacy.access_doc > docs/access.md`)."
    yield ""
    yield "● every ticket, ◐ one's own only, ○ masked, – no. P0 and P1 are seen in full only while a reveal runs; of a"
    yield "confidential ticket a unit sees no P0 and P1, and of P2 only the text an agent wrote for it."
    yield ""
    yield f"| role | {' | '.join(FieldClass)} |"
    yield f"|---|{'---|' * len(FieldClass)}"
    for role, rights in RIGHTS.items():
        yield f"| {role} | {' | '.join(_SIGNS[rights[what]] for what in FieldClass)} |"
    yield ""
    yield "| class | fields |"
    yield "|---|---|"
    for what in FieldClass:
        names = ", ".join(f"`{name}`" for name, one in FIELDS.items() if one is what)
        yield f"| {what} | {names or ('every other' if what is FieldClass.MATTER else 'counts')} |"


if __name__ == "__main__":
    sys.stdout.write("\n".join(lines()) + "\n")
