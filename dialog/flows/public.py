"""公开发言: what a citizen says in public is kept for a person and answered once, with the invitation to write in private.

Nothing is asked, registered or told there: everybody reads along. Danger is another matter: it alarms a person.
"""

from __future__ import annotations

from datetime import timedelta

from dialog.acts import RaiseAlarm
from dialog.emergency import detect
from dialog.flow import Talk
from dialog.turn import Turn

_AGAIN = timedelta(days=7)
"""Who remarks again within this time was invited already."""


def take(talk: Talk) -> Turn | None:
    """A public remark; None for all else."""
    if not talk.inbound.public:
        return None
    alarm = detect(talk.text) if talk.text else None
    # As with a letter there is no asking back: a mere suspicion is shown to a person, too.
    acts = [RaiseAlarm(alarm.level, alarm.kind)] if alarm else []
    key = "urgent" if alarm and alarm.certain else "invite"
    now = int(talk.now.timestamp())
    said_nothing = not any(char.isalpha() for char in talk.text)
    if said_nothing or now < talk.slots.get(key, 0):
        return talk.silent(*acts)
    until = now + int(_AGAIN.total_seconds())
    slots = {"invite": until} | ({"urgent": until} if key == "urgent" else {})
    return talk.reply(f"public.{key}", acts=acts, slots={**talk.slots, **slots}, hotline=talk.city.hotline)
