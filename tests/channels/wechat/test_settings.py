"""What the operator may write, and what he is told."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from channels.wechat import CHANNEL
from channels.wechat.settings import WeChatSettings
from tests.channels.wechat.case import ACCOUNT, AES_KEY, PLAIN

TEMPLATE = {"kind": "template", "id": "", "fields": {"thing1": "{title}"}}


def test_no_secret_is_shown() -> None:
    settings = WeChatSettings.model_validate(ACCOUNT)
    shown = f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    assert not any(ACCOUNT[key] in shown for key in ("app_secret", "token", "aes_key"))


def test_safe_is_the_default_and_compatible_means_safe() -> None:
    assert WeChatSettings.model_validate(ACCOUNT).mode == "safe"
    assert WeChatSettings.model_validate({**ACCOUNT, "mode": "compatible"}).mode == "safe"
    assert WeChatSettings.model_validate(PLAIN).mode == "plain"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"aes_key": ""}, "aes_key"),
        ({"aes_key": AES_KEY[:-1]}, "aes_key"),
        ({"token": "ab"}, "token"),
        ({"mode": "loud"}, "mode"),
        ({"api_base": "ftp://api"}, "api_base"),
        ({"max_age_seconds": 5}, "max_age_seconds"),
        ({"tokn": "x"}, "tokn"),
        ({"templates": {"survey.ask": {**TEMPLATE, "kind": "letter"}}}, "survey.ask"),
        ({"templates": {"survey.ask": {**TEMPLATE, "colour": "red"}}}, "colour"),
        ({"templates": {"survey.ask": [TEMPLATE, TEMPLATE]}}, "one template of each kind"),
        ({"templates": {"survey.ask": {**TEMPLATE, "lasting": True}}}, "lasting"),
        ({"permit_page": "pages/x"}, "permit_page"),
        ({"desk": "nowhere"}, "desk"),
        ({"menu": [{"name": "我要反映", "key": "反映问题", "colour": "red"}]}, "colour"),
        ({"menu": [{"name": "五个汉字多", "key": "x" * 129}]}, "key is longer than 128 bytes"),
        ({"menu": [{"name": "六个汉字太多", "key": "x"}]}, "16 bytes"),
    ],
)
def test_every_error_names_its_key_and_shows_no_secret(change: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError) as caught:
        WeChatSettings.model_validate({**ACCOUNT, **change})
    assert named in str(caught.value)
    assert AES_KEY[:-1] not in str(caught.value)


def test_the_check_names_what_is_lacking() -> None:
    lacks = CHANNEL.missing(WeChatSettings.model_validate(PLAIN))
    assert lacks[0].startswith("templates")
    assert "plain" in lacks[1]
    whole = {"survey.ask": TEMPLATE, "ticket.accepted": {**TEMPLATE, "id": "TPL"}}
    (line,) = CHANNEL.missing(WeChatSettings.model_validate({**ACCOUNT, "templates": whole}))
    assert "templates.survey.ask.id" in line
    leave = {"survey.ask": [{**TEMPLATE, "id": "T1"}, {**TEMPLATE, "kind": "subscribe", "id": "T2"}]}
    (line,) = CHANNEL.missing(WeChatSettings.model_validate({**ACCOUNT, "templates": leave}))
    assert "permit_page" in line
