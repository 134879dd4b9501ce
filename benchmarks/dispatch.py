"""How often the proposed units are right: ``python -m benchmarks.dispatch DATA``, DATA the folder of pingshan_12345.

The records hold no free text and no catalogue, so only what the house learns from closed tickets is judged: the same
:class:`tickets.dispatch.experience.Experience` the hub runs. Five folds by the hash of the id; any other ``events_*.jsonl``
in the folder is judged by what ``events_dev.jsonl`` taught. The floor is a table look-up of the same run.

Units are judged as they are written and with spellings of one unit taken together: the bracket that repeats the street
office is dropped where the name before it already says the place ("坪山街道综合执法队（坪山街道办事处）"); "城管办（…）" keeps it.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tickets.dispatch.experience import Experience, Trace

FOLDS = 5
HALF_LIFE = 180
"""Days, as in the packaged policies; used where tickets come in the order of time."""
WARM_UP = 1000
"""Tickets learned before the first is judged in the order of time."""
Event = dict[str, Any]
Names = Callable[[str], str]
_BRACKET = re.compile(r"（(.{2})[^（）]*）$")
_PLACED = re.compile(r"社区(?:工作站)?$")


def together(unit: str) -> str:
    """One name for the spellings of one unit."""
    bracket = _BRACKET.search(unit)
    bare = unit[: bracket.start()] if bracket else unit
    return bare if bracket and (bracket[1] in bare or _PLACED.search(bare)) else unit


def trace(event: Event) -> Trace:
    """What the house would remember of the record."""
    return Trace(
        matter=(event["type"] or "", event["main"] or "", event["sub"] or ""),
        place=(event["street"] or "", event["community"] or ""),
        traits=(event["property"] or "", event["source"] or "", event["time"][:7]),
    )


def fold(event: Event) -> int:
    """Which fold a record is in, the same every time."""
    return int(hashlib.sha256(str(event["id"]).encode()).hexdigest(), 16) % FOLDS


class Lookup:
    """The floor: what was most often written for main type, sub type and street; failing that, with less of them."""

    def __init__(self) -> None:
        self._tables: defaultdict[tuple[str, ...], Counter[str]] = defaultdict(Counter)

    def learn(self, event: Event, unit: str) -> None:
        """One record."""
        for key in self._keys(event):
            self._tables[key][unit] += 1

    def top(self, event: Event) -> list[str]:
        """The three most frequent units."""
        found: dict[str, None] = {}
        for key in self._keys(event):
            found |= dict.fromkeys(unit for unit, _ in self._tables[key].most_common())
        return list(found)[:3]

    @staticmethod
    def _keys(event: Event) -> Iterator[tuple[str, ...]]:
        main, sub, street = str(event["main"]), str(event["sub"]), str(event["street"])
        yield from ((main, sub, street), (main, sub), (main,), ())


class House:
    """What the hub does."""

    def __init__(self) -> None:
        self._experience = Experience()

    def learn(self, event: Event, unit: str, weight: float = 1.0) -> None:
        """One record."""
        self._experience.learn(trace(event), unit, weight)

    def top(self, event: Event) -> list[str]:
        """The three likeliest units."""
        return [unit for unit, _ in self._experience.rank(trace(event))[:3]]


@dataclass(slots=True)
class Score:
    """How often the right unit was first, and among three."""

    first: int = 0
    third: int = 0
    of: int = 0

    def judge(self, top: Sequence[str], right: str) -> None:
        """One answer."""
        self.of += 1
        self.first += top[:1] == [right]
        self.third += right in top

    def __str__(self) -> str:
        return f"top-1 {self.first / self.of:.4f}  top-3 {self.third / self.of:.4f}  ({self.of} tickets)"


def folds(events: Sequence[Event], kind: type[House | Lookup], name: Names) -> Score:
    """Each fold judged by what the other four taught."""
    score = Score()
    for one in range(FOLDS):
        model = kind()
        for event in events:
            if fold(event) != one:
                model.learn(event, name(event["unit"]))
        for event in events:
            if fold(event) == one:
                score.judge(model.top(event), name(event["unit"]))
    return score


def taught(events: Sequence[Event], asked: Sequence[Event], kind: type[House | Lookup], name: Names) -> Score:
    """Other records judged by what ``events`` taught."""
    model, score = kind(), Score()
    for event in events:
        model.learn(event, name(event["unit"]))
    for event in asked:
        score.judge(model.top(event), name(event["unit"]))
    return score


def in_time(events: Sequence[Event], name: Names) -> Score:
    """Each record judged by those before it alone, the older ones weighing less: as it is in a hub."""
    model, score = House(), Score()
    ordered = sorted(events, key=lambda event: str(event["time"]))
    begin = datetime.fromisoformat(ordered[0]["time"])
    for place, event in enumerate(ordered):
        if place >= WARM_UP:
            score.judge(model.top(event), name(event["unit"]))
        days = (datetime.fromisoformat(event["time"]) - begin).total_seconds() / 86_400
        model.learn(event, name(event["unit"]), 2 ** (days / HALF_LIFE))
    return score


def read(path: Path) -> list[Event]:
    """The records that name a unit."""
    return [event for line in path.read_text("utf-8").splitlines() if (event := json.loads(line))["unit"]]


def main(folder: Path) -> None:
    """Print the figures."""
    events = read(folder / "events_dev.jsonl")
    others = [path for path in sorted(folder.glob("events_*.jsonl")) if path.name != "events_dev.jsonl"]
    for told, name in (("as written", str), ("spellings together", together)):
        print(f"{told}: {len({name(event['unit']) for event in events})} units")
        print(f"  look-up, {FOLDS} folds:      {folds(events, Lookup, name)}")
        begun = time.process_time()
        score = folds(events, House, name)
        print(f"  house, {FOLDS} folds:        {score}  {(time.process_time() - begun) / score.of * 1000:.2f} ms each")
        print(f"  house, in order of time: {in_time(events, name)}")
        for path in others:
            asked = read(path)
            print(f"  {path.name}: look-up {taught(events, asked, Lookup, name)}")
            print(f"  {path.name}: house   {taught(events, asked, House, name)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
