"""Every language says the same things with the same blanks."""

from string import Formatter

import pytest

from dialog.phrases import LOCALES, phrases


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("brief", [False, True])
def test_the_same_keys_in_every_language(brief):
    chinese, *others = (phrases(locale, brief=brief) for locale in LOCALES)
    for other in others:
        assert set(chinese) == set(other)


@pytest.mark.parametrize("brief", [False, True])
def test_no_language_asks_for_a_blank_the_chinese_has_not(brief):
    chinese, *others = (phrases(locale, brief=brief) for locale in LOCALES)
    for other in others:
        for key in set(chinese) - {"date"}:
            assert blanks(other.get(key)) <= blanks(chinese.get(key)), key


def test_an_unwritten_language_is_answered_in_chinese():
    assert set(phrases("xx")) == set(phrases("zh_CN"))


def test_a_missing_blank_is_an_error_not_a_hole_in_the_text():
    with pytest.raises(KeyError):
        phrases("zh_CN")("report.opened")
