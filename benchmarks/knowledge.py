"""How well and how fast the knowledge base finds: ``python -m benchmarks.knowledge DATA`` with public question sets.

DATA is a folder with ``faq_paraphrase/bench_epi_*_dev.jsonl`` and ``tipdm_c/messages_unlabeled_dev.jsonl`` (see
README.md for where they come from); without it only speed and memory are measured.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.workload import QUESTIONS, entries
from dialog.knowledge.entry import Entry, EntryState
from dialog.knowledge.index import KnowledgeIndex

TODAY = date(2026, 11, 24)


def entry(entry_id: str, question: str, answer: str = "答", similar: tuple[str, ...] = ()) -> Entry:
    """A published entry."""
    return Entry(
        entry_id,
        question[:128],
        answer,
        similar=similar,
        effective=date(2026, 1, 1),
        checked=date(2026, 1, 1),
        state=EntryState.PUBLISHED,
    )


def rows(path: Path) -> list[dict[str, Any]]:
    """A JSON-lines file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def quality(data: Path) -> None:
    """Recall on paraphrases, and how the answer policy behaves when the answer is not there."""
    kb: dict[str, str] = {}
    for row in rows(data / "faq_paraphrase/bench_epi_kb_dev.jsonl"):
        kb.setdefault(row["question"], row["kb_id"])
    queries = rows(data / "faq_paraphrase/bench_epi_queries_dev.jsonl")
    index = KnowledgeIndex.build(entry(key, question) for question, key in kb.items())
    first = third = 0
    verdicts: Counter[tuple[str, bool]] = Counter()
    for row in queries:
        relevant = set(row["relevant"])
        outcome = index.ask(row["query"], today=TODAY)
        ids = [found.entry.id for found in outcome.found]
        first += bool(ids) and ids[0] in relevant
        third += any(one in relevant for one in ids)
        verdicts[outcome.verdict.value, bool(ids) and ids[0] in relevant] += 1
    print(
        f"bench_epi: {len(queries)} questions, first right {first / len(queries):.3f}, among the offered {third / len(queries):.3f}"
    )
    answered = verdicts["answer", True] + verdicts["answer", False]
    print(
        f"  answered {answered / len(queries):.3f}, of these right {verdicts['answer', True] / max(answered, 1):.3f}; {dict(verdicts)}"
    )
    gone = {row["relevant"][0] for row in queries[::2]}
    index.remove(gone)
    absent = [row for row in queries if set(row["relevant"]) <= gone]
    wrong = Counter(index.ask(row["query"], today=TODAY).verdict.value for row in absent)
    print(f"  answer not in the base: {dict(wrong)} of {len(absent)}")
    messages = rows(data / "tipdm_c/messages_unlabeled_dev.jsonl")
    told = Counter(index.ask(row["text"].strip()[:200], today=TODAY).verdict.value for row in messages)
    print(f"  unrelated letters: {dict(told)} of {len(messages)}")


def speed(count: int) -> None:
    """One question's time and the memory of ``count`` entries."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started = time.perf_counter()
    made = [entry(f"B-{place}", row[0], row[2], (row[1],)) for place, row in enumerate(entries(count))]
    index = KnowledgeIndex.build(made)
    built = time.perf_counter() - started
    times = []
    asked = [*QUESTIONS, *(row[0][8:] for row in list(entries(min(count, 3000)))[::50])]
    for _ in range(20):
        for question in asked:
            begun = time.perf_counter()
            index.ask(question, today=TODAY)
            times.append(time.perf_counter() - begun)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    times.sort()
    print(
        f"{count} entries: built in {built:.1f} s, {after - before:.0f} MB, a question "
        f"p50 {statistics.median(times) * 1000:.3f} ms, p99 {times[int(len(times) * 0.99)] * 1000:.3f} ms"
    )


if __name__ == "__main__":
    for size in (120, 50_000):
        speed(size)
    if len(sys.argv) > 1:
        quality(Path(sys.argv[1]))
