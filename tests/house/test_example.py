"""The settings file an operator copies is one the hub takes, and shows every key there is."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel

from bot.settings import BadSettings, load
from bot.settings.model import House

EXAMPLE = Path(__file__).parents[2] / "minsheng.example.toml"
SECRETS = {
    "MINSHENG_CHANNELS__APP__WEB__JWT_SECRET": "j" * 40,
    "MINSHENG_CHANNELS__WECHAT__CITY__APP_SECRET": "s" * 32,
    "MINSHENG_CHANNELS__WECHAT__CITY__TOKEN": "token",
    "MINSHENG_CHANNELS__WECHAT__CITY__AES_KEY": "k" * 43,
}


def test_the_example_is_taken_once_its_secrets_are_given() -> None:
    settings = load(EXAMPLE, SECRETS)
    assert set(settings.accounts) == {("app", "web"), ("wechat", "city")}
    assert settings.house == House()


def test_without_its_secrets_each_is_asked_for_by_name() -> None:
    with pytest.raises(BadSettings) as caught:
        load(EXAMPLE, {})
    asked = {problem.key for problem in caught.value.problems}
    assert {name.removeprefix("MINSHENG_").lower().replace("__", ".") for name in SECRETS} - asked <= {
        "channels.wechat.city.aes_key"  # told by the account as a whole once its token is there
    }


def test_the_example_shows_every_key() -> None:
    words = EXAMPLE.read_text("utf-8")
    for table, field in House.model_fields.items():
        part = field.annotation
        assert isinstance(part, type)
        assert issubclass(part, BaseModel)
        section = words.split(f"[{table}]")[1].split("\n[")[0]
        for key in part.model_fields:
            assert f"{key} = " in section, f"[{table}] {key}"
