"""Settings keep their secrets, and say which key is missing or unknown."""

from __future__ import annotations

import traceback
from typing import Any

import pytest
from pydantic import ValidationError

from tests.channels.contract.cases import TRIALS, Trial

each = pytest.mark.parametrize("trial", TRIALS, ids=str)


@each
def test_no_secret_is_ever_shown(trial: Trial) -> None:
    settings = trial.settings()
    assert trial.case.secrets
    shown = repr(settings) + str(settings) + repr(trial.adapter()) + repr(settings.model_dump())
    shown += settings.model_dump_json()
    for key in trial.case.secrets:
        assert str(trial.case.settings[key]) not in shown, key


@each
def test_a_missing_key_names_itself(trial: Trial) -> None:
    for key in trial.case.required:
        without = {name: value for name, value in trial.case.settings.items() if name != key}
        with pytest.raises(ValidationError) as error:
            trial.channel.settings.model_validate(without)
        assert key in named(error.value), key
        assert_hides_secrets(trial, error.value)


@each
def test_an_unknown_key_is_an_error(trial: Trial) -> None:
    with pytest.raises(ValidationError) as error:
        trial.settings(no_such_key="x")
    assert "no_such_key" in named(error.value)
    assert_hides_secrets(trial, error.value)


@each
def test_what_is_missing_is_told_in_words(trial: Trial) -> None:
    assert all(isinstance(line, str) and line for line in trial.channel.missing(trial.settings()))


def named(error: ValidationError) -> str:
    return " ".join(f"{'.'.join(map(str, problem['loc']))} {problem['msg']}" for problem in error.errors())


def assert_hides_secrets(trial: Trial, error: Any) -> None:
    shown = str(error) + "".join(traceback.format_exception(error))
    for key in trial.case.secrets:
        assert str(trial.case.settings[key]) not in shown, key
