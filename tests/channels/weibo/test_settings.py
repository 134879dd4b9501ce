"""What an operator is told about his settings before anything runs."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from channels.weibo import CHANNEL
from tests.channels.weibo.case import ACCOUNT, WATCHING


def settings(**given: Any) -> Any:
    return CHANNEL.settings.model_validate(given)


def test_weibo_itself_is_not_asked_more_often_than_it_wants() -> None:
    with pytest.raises(ValidationError, match="three to five minutes"):
        settings(**WATCHING, poll_seconds=60)
    with pytest.raises(ValidationError, match="three to five minutes"):
        settings(**WATCHING, poll_seconds=60, commercial=True, api_base="http://127.0.0.1:1")
    assert settings(**WATCHING, poll_seconds=1, api_base="http://127.0.0.1:1").poll_seconds == 1
    assert settings(**ACCOUNT, poll_seconds=60).public == (), "nobody looks"


def test_what_is_missing_names_the_key() -> None:
    told = CHANNEL.missing(settings(**ACCOUNT))
    assert [line.split(" ")[0] for line in told] == ["access_token_ends"]
    whole = {"access_token_ends": "2027-06-30", "public_token_ends": date(2026, 12, 5)}
    assert CHANNEL.missing(settings(**WATCHING, **whole)) == []
    bare = {**ACCOUNT, "public": ["comments"], "access_token_ends": "2027-06-30"}
    assert [line.split(" ")[0] for line in CHANNEL.missing(settings(**bare))] == ["public_ip", "public_token"]


def test_both_tokens_have_an_end() -> None:
    one = settings(**WATCHING, access_token_ends="2027-06-30", public_token_ends="2026-12-05")
    assert CHANNEL.ends(one) == {"access_token": date(2027, 6, 30), "public_token": date(2026, 12, 5)}
    assert CHANNEL.ends(settings(**ACCOUNT)) == {}
