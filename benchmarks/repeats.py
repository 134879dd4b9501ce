"""How well the same matter is found among real letters: ``python -m benchmarks.repeats DATA``.

DATA is the folder of ``tipdm_c/hot_dev.jsonl`` (see README.md for where it comes from). Its labels are weak: letters of
one named issue, and near copies. Counted are pairs: two letters of one writer that are near copies, and two letters of
different writers in one issue or near-copy group. Everything else is taken as different, although nobody checked that.
"""

from __future__ import annotations

import itertools
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from dialog.lexicon import fold
from dialog.matters import matter_of
from tickets.appeal import AppealType
from tickets.assessment.repeats import Appealed, barred, repeats, same_matter
from tickets.assessment.spots import Spot, keys_of
from tickets.policy import load_policies

RULE = load_policies("cn-jinan-like").get("cn-jinan-like@1").repeats
ANY_TIME = replace(RULE, window=replace(RULE.window, amount=100_000))
HOUR = timezone(timedelta(hours=8))
Letter = tuple[dict[str, Any], Appealed]


def letters(path: Path) -> list[Letter]:
    """Each letter with what a clerk would note of it."""
    found = []
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        words = f"{row['subject']}\n{row['text']}"[:400]
        appealed = Appealed(
            type=AppealType.HELP,
            category=matter_of(fold(words)).category,
            at=datetime.fromisoformat(row["time"]).replace(tzinfo=HOUR),
            text=words,
            spot=Spot(words=words),
        )
        found.append((row, appealed))
    return found


def groups(row: dict[str, Any]) -> set[str]:
    """The weak labels of a letter."""
    return {f"{name}:{row[name]}" for name in ("issue", "dup_group") if row.get(name)}


def candidates(all_of_them: list[Letter]) -> Iterator[tuple[int, int]]:
    """Pairs the hub would look at: those with a place key in common."""
    by_key: dict[str, list[int]] = defaultdict(list)
    for place, (_, appealed) in enumerate(all_of_them):
        for key in keys_of(appealed.spot):
            by_key[key].append(place)
    yield from {pair for places in by_key.values() for pair in itertools.combinations(places, 2)}


def families(all_of_them: list[Letter]) -> None:
    """Different writers: precision and recall against the weak labels."""
    labelled = [place for place, (row, _) in enumerate(all_of_them) if groups(row)]
    wanted = {
        (a, b)
        for a, b in itertools.combinations(labelled, 2)
        if groups(all_of_them[a][0]) & groups(all_of_them[b][0])
        and all_of_them[a][0]["user"] != all_of_them[b][0]["user"]
    }
    started = time.perf_counter()
    looked = [(a, b) for a, b in candidates(all_of_them) if all_of_them[a][0]["user"] != all_of_them[b][0]["user"]]
    found = {(a, b) for a, b in looked if same_matter(all_of_them[b][1], all_of_them[a][1], ANY_TIME)}
    took = time.perf_counter() - started
    never = sum(bool(barred(all_of_them[b][1], all_of_them[a][1])) for a, b in wanted)
    report("different writers", found, wanted)
    reached = sum(pair in set(looked) for pair in wanted)
    print(f"  of the labelled pairs {reached} share a place key, {never} are barred (又, another day, another wish)")
    print(f"  {len(looked)} pairs looked at in {took:.1f} s")
    for a, b in sorted(found - wanted)[:SHOWN]:
        print("  not labelled:", all_of_them[a][0]["subject"].strip(), "|", all_of_them[b][0]["subject"].strip())


def own(all_of_them: list[Letter]) -> None:
    """One writer: how often the question would be asked."""
    by_user: dict[str, list[int]] = defaultdict(list)
    for place, (row, _) in enumerate(all_of_them):
        by_user[row["user"]].append(place)
    pairs = {pair for places in by_user.values() for pair in itertools.combinations(places, 2)}
    wanted = {(a, b) for a, b in pairs if groups(all_of_them[a][0]) & groups(all_of_them[b][0])}
    found = {(a, b) for a, b in pairs if repeats(all_of_them[b][1], all_of_them[a][1], ANY_TIME)}
    report(f"one writer ({len(pairs)} pairs)", found, wanted)
    for a, b in sorted(found - wanted)[:SHOWN]:
        print("  not labelled:", all_of_them[a][0]["subject"].strip(), "|", all_of_them[b][0]["subject"].strip())


def report(name: str, found: set[tuple[int, int]], wanted: set[tuple[int, int]]) -> None:
    """Precision is a lower bound: many an unlabelled pair is the same matter."""
    right = len(found & wanted)
    print(
        f"{name}: precision {right / max(len(found), 1):.3f} ({right} of {len(found)}), "
        f"recall {right / max(len(wanted), 1):.3f} ({right} of {len(wanted)})"
    )


SHOWN = 12

if __name__ == "__main__":
    read = letters(Path(sys.argv[1]) / "tipdm_c/hot_dev.jsonl")
    families(read)
    own(read)
