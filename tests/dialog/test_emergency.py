"""Emergencies are found, ways of speaking are not taken for one."""

from pathlib import Path

import pytest
import yaml

from dialog.emergency import Alarm, alarms, detect
from dialog.lexicon import fold
from tests.dialog.talk import Citizen

SAID = yaml.safe_load((Path(__file__).parents[2] / "training" / "danger" / "said" / "found.yaml").read_text("utf-8"))
CALM, DOUBTS = SAID.pop("calm"), SAID.pop("doubts")
ALARMS = [text for texts in SAID.values() for text in texts]


def certain(text: str) -> Alarm | None:
    alarm = detect(fold(text))
    return alarm if alarm and alarm.certain else None


def test_recall():
    missed = [text for text in ALARMS if certain(text) is None]
    assert len(ALARMS) >= 750
    assert len(missed) <= len(ALARMS) // 100, missed


@pytest.mark.parametrize("text", DOUBTS)
def test_doubtful_words_are_not_passed_over(text):
    assert detect(fold(text)) is not None


@pytest.mark.parametrize("text", [
    "煤气费怎么交", "楼顶漏水", "请问救助站电话是多少", "楼下开了家黑诊所无证行医", "有人开了间黑诊所", "家里停水两天了",
    "我家停水两天了,老人没法做饭", "家里停电两天了", "自来水管爆裂了", "电梯停了两天了", "狗咬人了", "漏水了",
])  # fmt: skip
def test_an_errand_raises_no_doubt(text):
    assert detect(fold(text)) is None


def test_false_alarms():
    false = [text for text in CALM if certain(text)]
    assert len(CALM) >= 390
    assert len(false) <= len(CALM) // 50, false


@pytest.mark.parametrize("level", ["E0", "E1", "E2"])
def test_levels(level):
    texts = [
        text for kind, texts in SAID.items() if kind in alarms() and alarms()[kind].level == level for text in texts
    ]
    found = [alarm.level for text in texts if (alarm := certain(text))]
    assert found.count(level) >= 0.85 * len(texts)


@pytest.mark.parametrize("text", ["气得我想跳楼", "热死了", "这价格是要命"])
def test_ways_of_speaking_are_asked_about(text):
    alarm = detect(fold(text))
    assert alarm
    assert not alarm.certain


@pytest.mark.parametrize(
    "text", ["去年着火", "没有着火", "担心电动车充电起火", "消防演练几点开始", "热死了,公交车上不开空调"]
)
def test_no_question_where_the_matter_is_plain(text):
    assert detect(fold(text)) is None


@pytest.mark.parametrize("text", ALARMS)
def test_every_alarm_is_answered_with_a_number_to_call(text):
    heard = Citizen().says(text).heard
    assert any(number in heard for number in ("110", "119", "120"))
