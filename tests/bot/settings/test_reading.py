"""Settings: the file, the environment over it, and mistakes told with their key and their cure, all at once."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import BadSettings, Settings, load

WECHAT = {"app_id": "wx1", "app_secret": "s3cret-app", "token": "s3cret-token", "aes_key": "k" * 43}


def read(default: dict[str, Any] | None = None, **environment: str) -> Settings:
    return load(None, environment, default=default)


def problems(default: dict[str, Any] | None = None, **environment: str) -> dict[str, str]:
    with pytest.raises(BadSettings) as caught:
        read(default, **environment)
    return {problem.key: problem.cure for problem in caught.value.problems}


def test_without_anything_it_is_the_small_town() -> None:
    house = read().house
    assert (house.web.host, house.web.port) == ("127.0.0.1", 8080)
    assert house.store.url == "sqlite+aiosqlite:///var/minsheng.db"


def test_a_file_and_the_environment_over_it(tmp_path: Path) -> None:
    file = tmp_path / "minsheng.toml"
    file.write_text('[web]\nport = 9000\n[channels.wechat.city]\napp_id="wx1"\napp_secret="a"\ntoken="old"\n', "utf-8")
    environment = {
        "MINSHENG_CONFIG": str(file),
        "MINSHENG_WEB__PORT": "9001",
        "MINSHENG_CHANNELS__WECHAT__CITY__TOKEN": "new-token",
        "MINSHENG_CHANNELS__WECHAT__CITY__AES_KEY": "k" * 43,
        "PATH": "/bin",
    }
    settings = load(file, environment)
    assert settings.house.web.port == 9001
    assert settings.accounts["wechat", "city"].settings.token.get_secret_value() == "new-token"


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("from-a-file\n", "utf-8")
    settings = read({"channels": {"wechat": {"city": WECHAT}}}, MINSHENG_CHANNELS__WECHAT__CITY__TOKEN_FILE=str(secret))
    assert settings.accounts["wechat", "city"].settings.token.get_secret_value() == "from-a-file"


def test_every_mistake_is_told_at_once_with_its_key() -> None:
    told = problems(
        {
            "web": {"prot": 1, "host": "0.0.0.0"},
            "hub": {"batch_max": 0},
            "channels": {"wechta": {"city": {}}, "wechat": {"city": {"app_id": "wx1"}}, "app": "yes"},
        },
        MINSHENG_WEB__PORT="many",
        MINSHENG_STORE__ULR="x",
        MINSHENG_LOG__LEVEL_FILE="/no/such/file",
    )
    assert 'did you mean "port"' in told["web.prot"]
    assert "hub.batch_max" in told
    assert 'did you mean "wechat"' in told["channels.wechta"]
    assert "missing" in told["channels.wechat.city.app_secret"]
    assert "missing" in told["channels.wechat.city.token"]
    assert "channels.app" in told
    assert "web.port (from MINSHENG_WEB__PORT)" in told
    assert 'did you mean "url"' in told["store.ulr (from MINSHENG_STORE__ULR)"]
    assert "cannot be read" in told["MINSHENG_LOG__LEVEL_FILE"]


@pytest.mark.parametrize("named", ["sms.city", "wechat.city", "sms"])
def test_alerts_leave_only_through_an_account_that_writes_to_phones(named: str) -> None:
    told = problems({"channels": {"wechat": {"city": WECHAT}}, "city": {"alerts": named}})
    assert set(told) == {"city.alerts"}
    assert read().house.city.alerts is None


def test_an_unknown_variable_of_ours_is_an_error() -> None:
    assert 'did you mean "web"' in problems(MINSHENG_WEBB="1")["webb (from MINSHENG_WEBB)"]


def test_a_nested_unknown_key_of_a_channel_is_an_error() -> None:
    told = problems({"channels": {"app": {"web": {"jwt_secret": "j" * 40, "words": {"titel": "x"}}}}})
    assert 'did you mean "title"' in told["channels.app.web.words.titel"]


@pytest.mark.parametrize("content", [b"[web", b"\xff\xfe", b"web = 1"])
def test_an_unreadable_file_is_told_not_raised(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "minsheng.toml"
    file.write_bytes(content)
    with pytest.raises(BadSettings) as caught:
        load(file, {})
    assert str(file) in str(caught.value)


def test_a_file_that_is_not_there_is_told_with_its_cure(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="--config"):
        load(tmp_path / "none.toml", {})


def test_no_repr_and_no_error_shows_a_secret() -> None:
    settings = read({"channels": {"wechat": {"city": WECHAT}}, "web": {"desk_key": "s3cret-desk-key-0"}})
    assert "s3cret" not in repr(settings)
    assert "s3cret" not in repr(settings.accounts["wechat", "city"].settings)
    with pytest.raises(BadSettings) as caught:
        read({"channels": {"wechat": {"city": WECHAT | {"aes_key": "s3cret", "token": 7}}}})
    assert "s3cret" not in str(caught.value)


@given(st.dictionaries(st.text("ABWEXYZ_", max_size=20).map("MINSHENG_{}".format), st.text(max_size=20), max_size=4))
def test_whatever_the_environment_holds_only_bad_settings_is_raised(environment: dict[str, str]) -> None:
    with contextlib.suppress(BadSettings):
        load(None, environment)
