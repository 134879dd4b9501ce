"""What an operator may write, and what he is told."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from channels.sms.settings import SmsSettings, missing
from tests.channels.sms.case import ALIYUN, TENCENT


@pytest.mark.parametrize(
    ("over", "told"),
    [
        ({"hook_secret": "short"}, "hook_secret"),
        ({"hook_secret": "a/b" * 12}, "hook_secret may hold"),
        ({"sign_name": "【示例市】"}, "sign_name"),
        ({"allowed_nets": ["everywhere"]}, "allowed_nets"),
        ({"api_base": "https://host/path"}, "api_base"),
        ({"provider": "other"}, "provider"),
        ({"reply_extension": "12a"}, "reply_extension"),
        ({"templates": {"reply": {"id": "1", "fields": {}}}}, "fields"),
    ],
)
def test_a_wrong_key_is_named(over: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        SmsSettings.model_validate({**ALIYUN, **over})


@pytest.mark.parametrize("params", [{"no": "number"}, {"2": "number", "1": "unit"}, {"0": "number"}])
def test_tencent_counts_its_variables(params: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match=r"templates\.x\.params must be named 1, 2, 3"):
        SmsSettings.model_validate({**TENCENT, "templates": {"x": {"id": "1", "params": params}}})


def test_what_is_missing_is_listed() -> None:
    assert missing(SmsSettings.model_validate(ALIYUN)) == []
    bare = missing(SmsSettings.model_validate({**ALIYUN, "templates": {}}))
    assert ["templates.reply" in line for line in bare] == [True, False]
    ungranted = {"templates": {"survey.ask": {}, "reply": {"id": "1", "params": {"c": "text"}}}}
    assert "templates.survey.ask.id" in missing(SmsSettings.model_validate({**ALIYUN, **ungranted}))[0]
