"""Starts the servers of a benchmark as processes of their own, and watches their memory."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
READY = 120.0


@dataclass(slots=True)
class Server:
    """A running server."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def memory(self) -> float:
        """Resident memory in MB, children included."""
        one = psutil.Process(self.process.pid)
        return sum(process.memory_info().rss for process in [one, *one.children(recursive=True)]) / 1e6


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def started(command: Sequence[str], port: int, *, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Run ``command`` until the block ends; wait until it accepts connections."""
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + READY
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{' '.join(command)} did not start (exit {process.poll()})")
            time.sleep(0.1)
        yield Server(port, process)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


def floor(name: str) -> tuple[list[str], int]:
    """The command of a floor and its port."""
    port = free_port()
    return [sys.executable, "-m", "benchmarks.floors", name, str(port)], port
