"""The cases of every channel there is, and what each gives the suite to ask with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import channels
from channels import registry
from channels.adapter import Adapter, Channel, Pollable, Tools
from tests.channels.contract.case import NOW, Case

ROOT = Path(channels.__path__[0])


@dataclass(frozen=True)
class Trial:
    """One case together with the channel it is about."""

    folder: str
    case: Case

    def __str__(self) -> str:
        return f"{self.folder}-{self.case.name}"

    @property
    def channel(self) -> Channel:
        return registry.load(self.folder)

    @property
    def samples(self) -> list[Path]:
        """Every recorded call, the expected batches left out."""
        folder = ROOT / self.folder / "samples" / self.case.samples
        return sorted(path for path in folder.iterdir() if path.is_file() and not path.name.endswith(".batch.json"))

    def settings(self, **over: Any) -> Any:
        return self.channel.settings.model_validate({**self.case.settings, **over})

    def adapter(self, *, http: Any = None, over: Mapping[str, Any] | None = None) -> Adapter:
        """The adapter of account "city"; without ``http`` it may not touch the network."""
        tools = Tools(now=lambda: NOW, http=lambda: http if http is not None else _no_network())
        return self.channel.build("city", self.settings(**(over or {})), tools)


def _no_network() -> Any:
    raise AssertionError("no network here")


def find() -> tuple[list[Trial], dict[str, str]]:
    """All trials, and for each folder that gives none the reason why."""
    trials, without = [], {}
    for folder in registry.known():
        try:
            cases = import_module(f"tests.channels.{folder}.case").CASES
        except (ModuleNotFoundError, AttributeError) as problem:
            without[folder] = str(problem)
            continue
        trials += [Trial(folder, case) for case in cases]
    return trials, without


TRIALS, WITHOUT = find()
WEBHOOKS = [trial for trial in TRIALS if trial.case.signed]
READERS = [trial for trial in TRIALS if trial.case.signed or Pollable in trial.case.speaks]
SENDERS = [trial for trial in TRIALS if trial.case.peer]
SAMPLES = [(trial, path) for trial in READERS for path in trial.samples]
CALLS = [(trial, path) for trial, path in SAMPLES if trial.case.signed]
