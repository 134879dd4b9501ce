"""Channels are found by their folders, and say what is missing when they are used."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import channels
from channels import registry


def test_every_folder_is_known_and_loads() -> None:
    folders = {path.parent.name for path in Path(channels.__path__[0]).glob("*/__init__.py")}
    assert set(registry.known()) == folders
    for name in folders:
        assert registry.load(name).name == name


@pytest.mark.parametrize("name", ["fax", "", "errors", "sms.parse", "../sms"])
def test_an_unknown_channel_lists_the_known_ones(name: str) -> None:
    with pytest.raises(registry.UnknownChannel, match=r"known channels: .*sms"):
        registry.load(name)


@pytest.fixture
def extra_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "pigeon"
    folder.mkdir()
    monkeypatch.setattr(channels, "__path__", [*channels.__path__, str(tmp_path)])
    monkeypatch.delitem(sys.modules, "channels.pigeon", raising=False)
    return folder / "__init__.py"


def test_a_missing_library_names_its_extra(extra_folder: Path) -> None:
    extra_folder.write_text("import carrier_pigeon_sdk.post\n")
    with pytest.raises(registry.MissingExtra, match=r"pip install 'minsheng\[pigeon\]'") as error:
        registry.load("pigeon")
    assert error.value.name == "carrier_pigeon_sdk"


def test_a_fault_of_our_own_is_not_called_a_missing_library(extra_folder: Path) -> None:
    extra_folder.write_text("import channels.no_such_module\n")
    with pytest.raises(ModuleNotFoundError) as error:
        registry.load("pigeon")
    assert not isinstance(error.value, registry.MissingExtra)


def test_a_folder_must_be_named_as_its_channel(extra_folder: Path) -> None:
    extra_folder.write_text("from channels.sms import CHANNEL\n")
    with pytest.raises(TypeError, match="pigeon"):
        registry.load("pigeon")
    sys.modules.pop("channels.pigeon", None)
