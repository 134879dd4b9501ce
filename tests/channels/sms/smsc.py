"""An SMS centre that is not ours, on npm ``smpp`` in Node, ordered about over its standard input."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.channels.sms.smsc_settings import SMPP
from tests.npm import installed

SCRIPT = Path(__file__).with_name("smsc.cjs")
STATUSES: Mapping[str, int] = {
    # SMPP v3.4 issue 1.2, table 5-2.
    "ESME_RINVMSGLEN": 0x01, "ESME_RINVCMDLEN": 0x02, "ESME_RINVCMDID": 0x03, "ESME_RINVBNDSTS": 0x04,
    "ESME_RALYBND": 0x05, "ESME_RSYSERR": 0x08, "ESME_RINVSRCADR": 0x0A, "ESME_RINVDSTADR": 0x0B,
    "ESME_RBINDFAIL": 0x0D, "ESME_RINVPASWD": 0x0E, "ESME_RINVSYSID": 0x0F, "ESME_RMSGQFUL": 0x14,
    "ESME_RINVSERTYP": 0x15, "ESME_RINVESMCLASS": 0x43, "ESME_RSUBMITFAIL": 0x45, "ESME_RINVSRCTON": 0x48,
    "ESME_RINVSRCNPI": 0x49, "ESME_RINVDSTTON": 0x50, "ESME_RINVDSTNPI": 0x51, "ESME_RINVSYSTYP": 0x53,
    "ESME_RTHROTTLED": 0x58, "ESME_RX_T_APPN": 0x64, "ESME_RX_P_APPN": 0x65, "ESME_RX_R_APPN": 0x66,
    "ESME_RMISSINGOPTPARAM": 0xC3, "ESME_RINVOPTPARAMVAL": 0xC4, "ESME_RDELIVERYFAILURE": 0xFE, "ESME_RUNKNOWNERR": 0xFF,
    "0x00000409": 0x409,
}  # fmt: skip


class Centre:
    """The running centre (a Peer of the contract suite)."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.port: int = self._heard()["port"]
        self.settings = {**SMPP, "port": self.port}

    def order(self, order: str, **what: Any) -> Any:
        """Have it obey; returns when it has."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"order": order, **what}) + "\n")
        self._process.stdin.flush()
        return self._heard()

    def _heard(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())

    def accept(self) -> None:
        self.order("mode", mode={"do": "accept"})

    def refuse(self, code: str) -> None:
        self.order("mode", mode={"do": "refuse", "status": STATUSES[code]})

    def hang(self) -> None:
        self.order("mode", mode={"do": "hang"})

    def drop(self) -> None:
        self.order("mode", mode={"do": "drop"})

    def deliver(self, text: str = "", **more: Any) -> bool:
        """A citizen's text; ``more`` overrides, see ``deliver`` in smsc.cjs. Whether a session is there to take it."""
        return bool(
            self.order("deliver", **{"from": "8613800138000", "to": "1065712345", "text": text, **more})["sent"]
        )

    def log(self, event: str) -> list[dict[str, Any]]:
        """What it saw of one kind, in order."""
        return [one for one in self.order("log") if one["event"] == event]

    async def saw(self, event: str, count: int = 1) -> list[dict[str, Any]]:
        """The same, once there are so many."""
        async with asyncio.timeout(10):
            while len(seen := self.log(event)) < count:
                await asyncio.sleep(0.02)
        return seen


@asynccontextmanager
async def centre() -> AsyncIterator[Centre]:
    """A centre on a free port of loopback as long as the block lasts."""
    home = installed("npm-smpp", ["smpp@0.5.1"])
    node = shutil.which("node")
    assert node is not None
    process = subprocess.Popen(
        [node, str(SCRIPT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "NODE_PATH": str(home / "node_modules")},
    )
    try:
        yield Centre(process)
    finally:
        process.stdin.close()  # type: ignore[union-attr]
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)
        process.stdout.close()  # type: ignore[union-attr]
