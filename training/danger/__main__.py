"""``python -m training.danger`` writes dialog/sense/weights.json anew."""

from __future__ import annotations

from pathlib import Path

from dialog.sense import WEIGHTS
from training.danger.examples import examples
from training.danger.learn import learned, written

if __name__ == "__main__":
    Path(str(WEIGHTS)).write_text(written(learned(examples())), "utf-8")
