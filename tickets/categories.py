"""What appeals are about (内容分类): two levels, four digits."""

from __future__ import annotations

from pathlib import Path

from tickets.sheet import SheetError, read


def load_categories(path: Path) -> dict[str, str]:
    """Read ``categories.yaml``, code -> name; a code is four digits, those ending in 00 name a first level.
    Raises SheetError."""
    found = read(dict[str, str], path.read_text("utf-8"), source=path.name)
    for code in found:
        if len(code) != 4 or not code.isdigit():
            raise SheetError(path.name, code, 'a category code is four digits in quotes, for example "0106"')
        if code[:2] + "00" not in found:
            raise SheetError(path.name, code, f'its first level is missing; add "{code[:2]}00"')
    return found
