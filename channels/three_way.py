"""三方通话 on the telephone: what happens to the legs of citizen, agent and a unit's duty line, as a plain table.

::

    TALKING --call the unit--> CALLING --it answers--> CONSULTING --join--> JOINED --agent leaves--> LEFT
    (citizen, agent)           citizen on hold         agent and unit        all three               citizen, unit

Whatever happens nobody is left alone on a line, and no citizen on hold with nobody to take him off it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """Who is connected with whom."""

    TALKING = "talking"
    """Citizen and agent, as before the unit was called."""
    CALLING = "calling"
    CONSULTING = "consulting"
    JOINED = "joined"
    LEFT = "left"
    WITHOUT_CITIZEN = "without_citizen"
    """He hung up; agent and unit still speak."""
    ENDED = "ended"


class Happening(StrEnum):
    """What moves it: the agent's buttons, and what the switchboard tells."""

    CALL_UNIT = "call_unit"
    JOIN = "join"
    LEAVE = "leave"
    CALL_OFF = "call_off"
    UNIT_ANSWERED = "unit_answered"
    UNIT_GONE = "unit_gone"
    """It hung up, was busy, did not answer, or could not be called."""
    CITIZEN_GONE = "citizen_gone"
    AGENT_GONE = "agent_gone"


BUTTONS = (Happening.CALL_UNIT, Happening.JOIN, Happening.LEAVE, Happening.CALL_OFF)


class Deed(StrEnum):
    """What the switchboard must do. Each may be done twice without harm."""

    HOLD_CITIZEN = "hold_citizen"
    RING_UNIT = "ring_unit"
    CONNECT_UNIT = "connect_unit"
    """Into the room where the agent is."""
    JOIN_CITIZEN = "join_citizen"
    """Off hold, into the room where the agent is."""
    REQUEUE_CITIZEN = "requeue_citizen"
    """Back into the queue: his agent was lost."""
    DROP_CITIZEN = "drop_citizen"
    DROP_AGENT = "drop_agent"
    DROP_UNIT = "drop_unit"


class Outcome(StrEnum):
    """What came of it."""

    NONE = ""
    NOBODY = "nobody"
    """The unit could not be reached."""
    CALLED_OFF = "called_off"
    CONSULTED = "consulted"
    """Agent and unit spoke; the citizen was not joined."""
    JOINED = "joined"
    CITIZEN_LEFT = "citizen_left"
    AGENT_LOST = "agent_lost"


@dataclass(frozen=True, slots=True)
class Turn:
    """Where it stands after something happened, what the switchboard must do, in this order, and how it ended."""

    stage: Stage
    deeds: tuple[Deed, ...] = ()
    outcome: Outcome = Outcome.NONE


S, H, D, O = Stage, Happening, Deed, Outcome  # noqa: E741 -- a table of four letters reads best
# fmt: off
TABLE: Mapping[tuple[Stage, Happening], Turn] = {
    (S.TALKING, H.CALL_UNIT): Turn(S.CALLING, (D.HOLD_CITIZEN, D.RING_UNIT)),
    (S.TALKING, H.CITIZEN_GONE): Turn(S.ENDED, (D.DROP_AGENT,)),
    (S.TALKING, H.AGENT_GONE): Turn(S.ENDED, (D.DROP_CITIZEN,)),
    (S.CALLING, H.UNIT_ANSWERED): Turn(S.CONSULTING, (D.CONNECT_UNIT,)),
    (S.CALLING, H.UNIT_GONE): Turn(S.ENDED, (D.JOIN_CITIZEN,), O.NOBODY),
    (S.CALLING, H.CALL_OFF): Turn(S.ENDED, (D.DROP_UNIT, D.JOIN_CITIZEN), O.CALLED_OFF),
    (S.CALLING, H.CITIZEN_GONE): Turn(S.ENDED, (D.DROP_UNIT, D.DROP_AGENT), O.CITIZEN_LEFT),
    (S.CALLING, H.AGENT_GONE): Turn(S.ENDED, (D.DROP_UNIT, D.REQUEUE_CITIZEN), O.AGENT_LOST),
    (S.CONSULTING, H.JOIN): Turn(S.JOINED, (D.JOIN_CITIZEN,)),
    (S.CONSULTING, H.UNIT_GONE): Turn(S.ENDED, (D.JOIN_CITIZEN,), O.CONSULTED),
    (S.CONSULTING, H.CALL_OFF): Turn(S.ENDED, (D.DROP_UNIT, D.JOIN_CITIZEN), O.CONSULTED),
    (S.CONSULTING, H.CITIZEN_GONE): Turn(S.WITHOUT_CITIZEN),
    (S.CONSULTING, H.AGENT_GONE): Turn(S.ENDED, (D.DROP_UNIT, D.REQUEUE_CITIZEN), O.AGENT_LOST),
    (S.JOINED, H.LEAVE): Turn(S.LEFT, (D.DROP_AGENT,)),
    (S.JOINED, H.AGENT_GONE): Turn(S.LEFT),
    (S.JOINED, H.UNIT_GONE): Turn(S.ENDED, (), O.JOINED),
    (S.JOINED, H.CALL_OFF): Turn(S.ENDED, (D.DROP_UNIT,), O.JOINED),
    (S.JOINED, H.CITIZEN_GONE): Turn(S.WITHOUT_CITIZEN),
    (S.LEFT, H.UNIT_GONE): Turn(S.ENDED, (D.DROP_CITIZEN,), O.JOINED),
    (S.LEFT, H.CITIZEN_GONE): Turn(S.ENDED, (D.DROP_UNIT,), O.JOINED),
    (S.WITHOUT_CITIZEN, H.UNIT_GONE): Turn(S.ENDED, (D.DROP_AGENT,), O.CITIZEN_LEFT),
    (S.WITHOUT_CITIZEN, H.AGENT_GONE): Turn(S.ENDED, (D.DROP_UNIT,), O.CITIZEN_LEFT),
    (S.WITHOUT_CITIZEN, H.CALL_OFF): Turn(S.ENDED, (D.DROP_UNIT, D.DROP_AGENT), O.CITIZEN_LEFT),
    # It was called off while it rang: whoever answers now must not wait for nobody.
    (S.ENDED, H.UNIT_ANSWERED): Turn(S.ENDED, (D.DROP_UNIT,)),
}
# fmt: on


def after(stage: Stage, happening: Happening) -> Turn | None:
    """What ``happening`` means now; None where it means nothing (told twice, or too late)."""
    return TABLE.get((stage, happening))


def buttons(stage: Stage) -> tuple[Happening, ...]:
    """What the agent may do now."""
    return tuple(one for one in BUTTONS if (stage, one) in TABLE)
