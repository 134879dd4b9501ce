"""The figures operators watch, in Prometheus' own form."""

from __future__ import annotations

from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """All figures of one process, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        messages = Counter("minsheng_messages", "Messages taken", ["channel", "kind"], registry=self.registry)
        self._messages = cache(messages.labels)
        self._refused = Counter("minsheng_refused", "Calls refused", ["channel", "reason"], registry=self.registry)
        self._ignored = Counter(
            "minsheng_ignored", "Events acknowledged but not kept", ["channel"], registry=self.registry
        )
        self._stuck = Counter("minsheng_stuck", "Messages put aside for an operator", registry=self.registry)
        self._batch = Histogram(
            "minsheng_batch_size",
            "Messages in one transaction",
            buckets=(1, 2, 4, 8, 16, 32, 64),
            registry=self.registry,
        )
        self._commit = Histogram("minsheng_batch_seconds", "One transaction of the hub", registry=self.registry)
        self._sends = Counter("minsheng_sends", "Messages sent", ["channel", "outcome"], registry=self.registry)
        self._outbox = Gauge("minsheng_outbox", "Messages in the outbox", ["state"], registry=self.registry)
        self._waiting = Gauge("minsheng_waiting", "Citizens waiting for an agent", registry=self.registry)
        self._jobs = Counter("minsheng_jobs", "Slots of jobs", ["job", "outcome"], registry=self.registry)

    def message(self, channel: str, kind: str) -> None:
        """One message taken."""
        self._messages(channel, kind).inc()

    def refused(self, channel: str, reason: str) -> None:
        """One call refused; ``reason`` is the class of the error."""
        self._refused.labels(channel, reason).inc()

    def ignored(self, channel: str, count: int) -> None:
        """Events acknowledged and not kept."""
        self._ignored.labels(channel).inc(count)

    def stuck(self) -> None:
        """One message put aside."""
        self._stuck.inc()

    def batch(self, size: int, seconds: float) -> None:
        """One transaction of the hub."""
        self._batch.observe(size)
        self._commit.observe(seconds)

    def sent(self, channel: str, outcome: str) -> None:
        """One send; ``outcome`` is "sent" or the class of the error."""
        self._sends.labels(channel, outcome).inc()

    def outbox(self, state: str, count: int) -> None:
        """How many messages are in ``state`` now."""
        self._outbox.labels(state).set(count)

    def waiting(self, count: int) -> None:
        """How many citizens wait for an agent now."""
        self._waiting.set(count)

    def job(self, name: str, outcome: str) -> None:
        """One slot of a job."""
        self._jobs.labels(name, outcome).inc()

    def page(self) -> bytes:
        """What Prometheus reads."""
        return generate_latest(self.registry)
