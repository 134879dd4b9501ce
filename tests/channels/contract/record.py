"""A Batch as JSON, as it lies beside each sample, and the command that writes the missing ones."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from channels.message import Batch
from tests.channels.contract.case import NOW


def as_json(value: Any) -> Any:
    """Plain JSON values; fields that hold their default are left out, so that a record shows what matters."""
    if is_dataclass(value):
        return {f.name: as_json(getattr(value, f.name)) for f in fields(value) if not _is_default(value, f)}
    if isinstance(value, Mapping):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [as_json(item) for item in value]
    if isinstance(value, bytes):
        return f"{len(value)} bytes, sha256 {sha256(value).hexdigest()[:16]}"
    return value.isoformat() if isinstance(value, datetime) else value


def _is_default(value: Any, field: Any) -> bool:
    default = field.default if field.default_factory is MISSING else field.default_factory()
    return default is not MISSING and getattr(value, field.name) == default


def record_of(sample: Path) -> Path:
    """Where the Batch of this sample is recorded."""
    return sample.with_suffix(".batch.json")


def parsed(trial: Any, sample: Path, adapter: Any = None) -> Batch:
    """What the channel makes of the sample as its provider would send it, or keeps it for us."""
    adapter = adapter or trial.adapter()
    if trial.case.signed is None:
        batch: Batch = adapter.read(sample.read_bytes(), at=NOW)
        return batch
    request = trial.case.signed(sample.name, sample.read_bytes())
    assert adapter.verify(request) is None
    return adapter.parse(request)


def main(folder: str) -> None:
    """Write the records that are missing."""
    from tests.channels.contract.cases import SAMPLES

    for trial, sample in SAMPLES:
        if trial.folder == folder and not record_of(sample).exists():
            text = json.dumps(as_json(parsed(trial, sample)), ensure_ascii=False, indent=1)
            record_of(sample).write_text(text + "\n", encoding="utf-8")
            print("wrote", record_of(sample))


if __name__ == "__main__":
    main(*sys.argv[1:])
