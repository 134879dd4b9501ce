"""The cases of every channel there is, and for each folder without one the reason."""

from __future__ import annotations

from importlib import import_module

from channels import registry
from tests.faults.case import Case


def find() -> tuple[dict[str, Case], dict[str, str]]:
    """By "folder-name"; and what is missing."""
    found: dict[str, Case] = {}
    without: dict[str, str] = {}
    for folder in registry.known():
        try:
            cases = import_module(f"tests.channels.{folder}.faults").CASES
        except (ModuleNotFoundError, AttributeError) as problem:
            without[folder] = str(problem)
            continue
        found |= {f"{folder}-{case.name}": case for case in cases}
    return found, without


CASES, WITHOUT = find()
