"""Words that are certain, and what takes their meaning away."""

import pytest

from dialog.alarm_words import AlarmWords, alarm_words
from dialog.emergency import detect
from dialog.lexicon import fold, rules


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("着火了", "fire"),
        ("我要跳楼", "height"),
        ("有人要跳楼", "rescue"),
        ("老人被困在着火的屋里", "trapped"),
        ("被困电梯", "elevator"),
    ],
)
def test_the_most_dangerous_word_counts(text, kind):
    reading = alarm_words().read(fold(text))
    assert (reading.kind, reading.certain, reading.rest) == (kind, True, text)


@pytest.mark.parametrize("text", ["没有着火", "担心着火", "漏电保护器", "听说有人跳楼"])
def test_words_that_mean_nothing_here_are_kept_from_the_sense(text):
    reading = alarm_words().read(text)
    assert reading.kind == ""
    assert "□" in reading.rest


@pytest.mark.parametrize(
    "text", ["他没有自杀,是我听错了", "火已经扑灭了", "火已经扑灭了,谢谢", "煤气费怎么交", "没有人受伤", "跳楼价甩卖"]
)
def test_denials_and_namesakes_raise_nothing(text):
    assert detect(fold(text)) is None


def test_a_long_story_is_asked_about():
    told = "楼下的饭店占了人行道," * 20
    assert not alarm_words().read(told + "后来还着火了。").kind
    reading = alarm_words().read(told + "现在又着火了。")
    assert (reading.kind, reading.certain) == ("fire", False)


def test_a_word_begins_with_a_plain_character():
    table = rules("emergency")
    with pytest.raises(ValueError, match="plain character"):
        AlarmWords({**table, "ways": ["(?:火|水)"]})
