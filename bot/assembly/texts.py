"""What the house itself texts: grave alerts to officers' phones, and codes to citizens'."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from bot.assembly.ground import Ground
from bot.journey.speaking import notices
from bot.scheduler import Job
from bot.texts.code_texts import CodeTexts
from bot.texts.texting import Texting
from tickets.limits.deadlines import after_quiet


@dataclass(frozen=True, slots=True)
class Texts:
    """Both kinds; ``alerts`` only where the city says through which account."""

    alerts: Texting | None = field(repr=False)
    codes: CodeTexts = field(repr=False)

    def jobs(self) -> list[Job]:
        """What of it runs by the clock."""
        alerts = [Job("alert.text", timedelta(seconds=10), self.alerts.send)] if self.alerts else []
        if self.codes.accounts.by_phone() is None:
            return alerts
        send, forget = self.codes.send, self.codes.forget
        return [*alerts, Job("code.text", timedelta(seconds=2), send), Job("code.forget", timedelta(hours=1), forget)]


def texts(ground: Ground) -> Texts:
    """Put it together."""
    codes = CodeTexts(
        database=ground.database,
        accounts=ground.accounts,
        words=notices(ground.city),
        wake=ground.outbox.wake,
        now=ground.now,
    )
    return Texts(_alerts(ground), codes)


def awake(ground: Ground) -> Callable[[datetime], datetime]:
    """When the city's quiet hours let something leave."""
    return partial(after_quiet, ground.city.talk.policy.quiet, ground.city.calendar)


def _alerts(ground: Ground) -> Texting | None:
    named = ground.settings.house.city.alerts
    if named is None:
        return None
    folder, _, name = named.partition(".")
    return Texting(
        database=ground.database,
        account=ground.accounts[folder, name],
        directory=ground.city.directory,
        awake=awake(ground),
        wake=ground.outbox.wake,
        now=ground.now,
    )
