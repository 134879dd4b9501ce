"""How much the scrub finds in real messages, and how fast: ``python -m benchmarks.scrub FILE…`` (JSON lines with "text").

Prints hits by kind, never the words themselves, and the time beside a floor of the same run: one plain search for digits
in the same texts.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path
from time import perf_counter

from tickets.scrub import find

_DIGITS = re.compile(r"\d{11}")


def main(paths: list[str]) -> None:
    lines = [line for path in paths for line in Path(path).read_text("utf-8").splitlines()]
    texts = [row["text"] for row in map(json.loads, lines) if "text" in row]
    start = perf_counter()
    for text in texts:
        _DIGITS.findall(text)
    floor = perf_counter() - start
    hits: Counter[str] = Counter()
    touched = 0
    start = perf_counter()
    for text in texts:
        found = find(text)
        touched += bool(found)
        hits.update(hit.trace.name.lower() for hit in found)
    took = perf_counter() - start
    characters = sum(map(len, texts))
    print(f"{len(texts)} messages, {characters} characters, {touched} with something personal")
    for kind, count in hits.most_common():
        print(f"{kind:10} {count}")
    print(
        f"{took / len(texts) * 1e6:.0f} µs a message, {characters / took / 1e6:.1f} M characters/s, {took / floor:.0f} × the floor"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
