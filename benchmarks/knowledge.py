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
import zlib
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import bot.demo
from benchmarks.workload import QUESTIONS, entries
from dialog.knowledge.entry import Entry, EntryState
from dialog.knowledge.index import KnowledgeIndex
from dialog.knowledge.loader import load_folder
from dialog.knowledge.policy import AnswerPolicy, Verdict

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


RANKS = AnswerPolicy(sure=(), offer=0.0)
"""Never answers: shows the ranking itself."""


def ranking(kb: Path, queries: Path) -> None:
    """How far up the judged entry comes, of three."""
    index = KnowledgeIndex.build(questions(kb), policy=RANKS)
    asked = rows(queries)
    ranks = []
    for row in asked:
        ids = [found.entry.id for found in index.ask(row["query"], today=TODAY).found]
        ranks.append(next((place for place, one in enumerate(ids, 1) if one in row["relevant"]), 0))
    first, third = ranks.count(1) / len(ranks), sum(rank > 0 for rank in ranks) / len(ranks)
    mean = sum(1 / rank for rank in ranks if rank) / len(ranks)
    print(f"{kb.stem}: {len(asked)} questions, R@1 {first:.3f}, R@3 {third:.3f}, MRR@3 {mean:.3f}")


def policy(kb: Path, queries: Path) -> None:
    """What the answer policy says when the entry is there, and when it was taken out."""
    index = KnowledgeIndex.build(questions(kb))
    asked = rows(queries)
    outcomes = [(row, index.ask(row["query"], today=TODAY)) for row in asked]
    answered = [(row, outcome) for row, outcome in outcomes if outcome.verdict is Verdict.ANSWER]
    right = sum(outcome.found[0].entry.id in row["relevant"] for row, outcome in answered)
    print(f"  answered {len(answered) / len(asked):.3f}, of these judged right {right / max(len(answered), 1):.3f}")
    absent: Counter[str] = Counter()
    for half in (0, 1):
        taken = {key for row in asked if hash_half(row["relevant"][0]) == half for key in row["relevant"]}
        rest = KnowledgeIndex.build(one for one in questions(kb) if one.id not in taken)
        without = [row for row in asked if set(row["relevant"]) <= taken]
        absent.update(rest.ask(row["query"], today=TODAY).verdict.value for row in without)
    told = ", ".join(f"{verdict} {count / absent.total():.3f}" for verdict, count in sorted(absent.items()))
    print(f"  entry taken out: {told} of {absent.total()}")


def complaints(city: Path, letters: Path) -> None:
    """Citizens' letters, their subjects and their words, asked of the demonstration city."""
    index = KnowledgeIndex.build(load_folder(city))
    for field in ("subject", "text"):
        told = Counter(index.ask(row[field].strip(), today=TODAY).verdict.value for row in rows(letters))
        print(f"  complaints by {field}: {dict(told)}")


def hash_half(key: str) -> int:
    """Puts a component of bench_epi into one of two halves, the same ones every time."""
    return zlib.crc32(key.encode()) % 2


def questions(kb: Path) -> list[Entry]:
    """The entries of a question set, each question once."""
    once = {row["question"]: row["kb_id"] for row in reversed(rows(kb))}
    return [entry(key, question) for question, key in once.items()]


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
            begun = time.thread_time()
            index.ask(question, today=TODAY)
            times.append(time.thread_time() - begun)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    times.sort()
    print(
        f"{count} entries: built in {built:.1f} s, {after - before:.0f} MB, a question's CPU "
        f"p50 {statistics.median(times) * 1000:.3f} ms, p99 {times[int(len(times) * 0.99)] * 1000:.3f} ms"
    )


if __name__ == "__main__":
    for size in (120, 50_000):
        speed(size)
    if len(sys.argv) > 1:
        data = Path(sys.argv[1])
        sets = data / "faq_paraphrase/bench_epi_kb_dev.jsonl", data / "faq_paraphrase/bench_epi_queries_dev.jsonl"
        ranking(*sets)
        policy(*sets)
        demo = Path(next(iter(bot.demo.__path__))) / "city/knowledge"
        complaints(demo, data / "tipdm_c/messages_unlabeled_dev.jsonl")
