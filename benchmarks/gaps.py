"""How well and how fast unanswered questions are put together: ``python -m benchmarks.gaps DATA``.

DATA is a folder with ``faq_paraphrase/bench_epi_queries_dev.jsonl`` (see README.md): questions in groups of paraphrases.
They are placed one by one in a random order (the seed is fixed), as citizens would ask them. Of all pairs put together,
precision is the share that belongs together; of all pairs that belong together, recall is the share put together.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from pathlib import Path

from dialog.knowledge import clusters
from dialog.knowledge.clusters import Clusters

ASKED = 2000


def pairs(counts: Counter[object]) -> int:
    """How many pairs there are inside groups of these sizes."""
    return sum(count * (count - 1) // 2 for count in counts.values())


def placed(asked: list[tuple[str, str]]) -> tuple[float, float, int, float]:
    """(precision, recall, gaps, seconds a question) of placing these (question, true group)."""
    known, gaps = Clusters(), []
    started = time.perf_counter()
    for question, _ in asked:
        gap = known.place(question)
        if gap is None:
            gap = len(set(gaps))
            known.found(gap, question)
        gaps.append(gap)
    seconds = (time.perf_counter() - started) / len(asked)
    truth = [group for _, group in asked]
    both = pairs(Counter(zip(gaps, truth, strict=True)))
    return both / max(pairs(Counter(gaps)), 1), both / max(pairs(Counter(truth)), 1), len(set(gaps)), seconds


def main(data: Path) -> None:
    """Print the figures for several thresholds."""
    lines = (data / "faq_paraphrase/bench_epi_queries_dev.jsonl").read_text("utf-8").splitlines()
    asked = [(row["query"], row["relevant"][0]) for row in map(json.loads, lines)]
    random.Random(7).shuffle(asked)
    asked = asked[:ASKED]
    print(f"{len(asked)} questions of {len({group for _, group in asked})} gaps; the threshold is {clusters.ALIKE}")
    for threshold in (0.40, 0.45, 0.50, 0.55, 0.60, 0.65, 0.70):
        clusters.ALIKE = threshold
        precision, recall, gaps, seconds = placed(asked)
        print(
            f"{threshold:.2f}: precision {precision:.3f}, recall {recall:.3f}, {gaps} gaps, {seconds * 1000:.2f} ms each"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
