"""Who goes first when more waits than may be sent."""

from enum import IntEnum


class Priority(IntEnum):
    """The values of ``outbox.priority``; a smaller one goes first."""

    EMERGENCY = 0
    ANSWER = 1
    """To a citizen who is writing now."""
    PERSON = 2
    """An agent's words."""
    NOTICE = 5
    MASS = 9
