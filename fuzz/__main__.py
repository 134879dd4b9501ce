"""``python -m fuzz NAME [-max_total_time=600 …]``: one reader under atheris (libFuzzer) until it fails or time is up.

Without a name it lists them. What follows the name is libFuzzer's; the inputs it found worth keeping lie in
``fuzz/corpus/NAME``, what failed in ``fuzz/findings``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["channels", "email", "json", "quopri", "base64"]):
    from fuzz.targets import find

HERE = Path(__file__).parent
_TOKEN = re.compile(rb"[A-Za-z_][A-Za-z0-9_.:/-]{2,30}")


def _prepared(name: str, seeds: Iterable[bytes]) -> tuple[Path, Path]:
    """The corpus with the samples in it, and a dictionary of their names."""
    corpus = HERE / "corpus" / name
    corpus.mkdir(parents=True, exist_ok=True)
    words: set[bytes] = set()
    for place, seed in enumerate(seeds):
        (corpus / f"sample-{place:03}").write_bytes(seed)
        words.update(_TOKEN.findall(seed))
    dictionary = corpus.parent / f"{name}.dict"
    dictionary.write_bytes(b"".join(b'"%s"\n' % word for word in sorted(words)[:400]))
    return corpus, dictionary


def main() -> None:
    """Fuzz the named reader."""
    targets = find()
    if len(sys.argv) < 2 or sys.argv[1] not in targets:
        print("\n".join(targets))
        raise SystemExit(len(sys.argv) > 1)
    target = targets[sys.argv[1]]
    corpus, dictionary = _prepared(target.name, target.seeds)
    (HERE / "findings").mkdir(exist_ok=True)
    options = [f"-dict={dictionary}", f"-artifact_prefix={HERE}/findings/{target.name}-", "-timeout=10"]
    atheris.Setup([sys.argv[0], str(corpus), *options, *sys.argv[2:]], target.read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
