"""How the alarm does on messages nobody tuned it for. The floors are what was reached; they may only rise."""

from pathlib import Path

import yaml

from dialog.emergency import detect
from dialog.lexicon import fold
from training.danger.examples import examples

HERE = Path(__file__).parent
UNHEARD = yaml.safe_load((HERE / "unheard.yaml").read_text("utf-8"))
ENGLISH = yaml.safe_load((HERE / "unheard_english.yaml").read_text("utf-8"))
CALM = UNHEARD.pop("calm")
DANGERS = [text for texts in UNHEARD.values() for text in texts]


def shares(texts: list[str]) -> tuple[float, float]:
    """Of ``texts``: how many raise a certain alarm, and how many an alarm or a question."""
    found = [alarm for text in texts if (alarm := detect(fold(text)))]
    return sum(alarm.certain for alarm in found) / len(texts), len(found) / len(texts)


def test_dangers_are_heard():
    certain, heard = shares(DANGERS)
    assert len(DANGERS) >= 500
    assert certain >= 0.88
    assert heard >= 0.97


def test_no_kind_is_overheard():
    assert not {kind: share for kind, texts in UNHEARD.items() if (share := shares(texts)[1]) < 0.92}


def test_what_only_sounds_like_danger():
    certain, heard = shares(CALM)
    assert certain <= 0.11
    assert heard <= 0.27


def test_english_is_heard_and_is_no_danger_by_itself():
    certain, heard = shares(ENGLISH["danger"])
    assert certain >= 0.68
    assert heard >= 0.96
    certain, heard = shares(ENGLISH["calm"])
    assert certain == 0
    assert heard <= 0.07


def test_few_were_written_twice():
    shown = {text for texts in examples().values() for text in texts}
    assert sum(fold(text) in shown for text in [*DANGERS, *ENGLISH["danger"]]) <= len(DANGERS) // 50
