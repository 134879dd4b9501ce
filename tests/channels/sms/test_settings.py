"""What an operator may write, and what he is told."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from bot.settings import BadSettings, load
from channels.sms.settings import CmppSettings, HttpSettings, SmppSettings, SmsSettings, missing
from tests.channels.sms.case import ALIYUN, TENCENT
from tests.channels.sms.gateway import CMPP
from tests.channels.sms.smsc_settings import SMPP


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


@pytest.mark.parametrize(
    ("account", "over", "told"),
    [
        (SMPP, {"windw": 5}, "windw"),
        (SMPP, {"user": "longer than fifteen"}, "user"),
        (SMPP, {"number": "1" * 15, "reply_extension": "123456"}, "longer than 20 digits"),
        (SMPP, {"password": "密码"}, "password must be ASCII"),
        (SMPP, {"access_key_id": "x"}, "access_key_id"),
        (SMPP, {"parts": "both"}, "parts"),
        (CMPP, {"user": "12345"}, "user"),
        (CMPP, {"version": "1.0"}, "version"),
        (CMPP, {"port": 0}, "port"),
    ],
)
def test_a_wrong_key_of_a_line_is_named(account: dict[str, Any], over: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told) as error:
        SmsSettings.model_validate({**account, **over})
    assert str(account["password"]) not in str(error.value)


def test_a_line_lacks_nothing_and_each_kind_is_its_own() -> None:
    kinds = [SmsSettings.model_validate(account) for account in (ALIYUN, SMPP, CMPP)]
    assert [type(kind) for kind in kinds] == [HttpSettings, SmppSettings, CmppSettings]
    assert missing(kinds[1]) == missing(kinds[2]) == []


def test_the_operator_is_told_the_key_he_meant() -> None:
    written = {"channels": {"sms": {"city": {**SMPP, "windw": 5}}}}
    with pytest.raises(BadSettings, match=r'channels\.sms\.city\.windw: unknown key; did you mean "window"'):
        load(None, {}, default=written)
