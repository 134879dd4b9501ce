"""Writes requests to a server, so many in flight, and measures each answer: one process, plain sockets."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.workload import Shot

PATIENCE = 30.0


@dataclass(slots=True)
class Result:
    """What a run measured; latencies in seconds."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return self.statuses[200] / self.seconds if self.seconds else 0.0

    def percentile(self, percent: float) -> float:
        """A latency in milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] * 1000 if ordered else 0.0

    @property
    def mean(self) -> float:
        """Mean latency in milliseconds."""
        return statistics.fmean(self.latencies) * 1000 if self.latencies else 0.0


class _Connection(asyncio.Protocol):
    """One connection: one request at a time, answers read by their Content-Length."""

    def __init__(self, run: _Run) -> None:
        self._run = run
        self._buffer = b""
        self._started = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._next()

    def _next(self) -> None:
        shot = next(self._run.shots, None)
        if shot is None:
            self._transport.close()
            return
        self._started = time.perf_counter()
        self._transport.write(shot.raw)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._buffer[:end].lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._buffer) < end + 4 + length:
            return
        self._run.result.latencies.append(time.perf_counter() - self._started)
        self._run.result.statuses[int(head[9:12])] += 1
        self._buffer = self._buffer[end + 4 + length :]
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        self._run.ended(self)


class _Run:
    def __init__(self, shots: Iterator[Shot], in_flight: int) -> None:
        self.shots = shots
        self.result = Result()
        self._open = in_flight
        self.done = asyncio.Event()

    def ended(self, _connection: _Connection) -> None:
        self._open -= 1
        if self._open == 0:
            self.done.set()


async def fire(port: int, shots: Sequence[Shot], *, in_flight: int = 64) -> Result:
    """Send all shots, ``in_flight`` at a time. The shots are built before the clock starts."""
    run = _Run(iter(shots), in_flight)
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    for _ in range(in_flight):
        await loop.create_connection(lambda: _Connection(run), "127.0.0.1", port)
    await asyncio.wait_for(run.done.wait(), PATIENCE + len(shots) / 50)
    run.result.seconds = time.perf_counter() - started
    return run.result
