"""Every number of the city's rules, read from versioned files: a ticket keeps the version it was opened under."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from functools import cache
from pathlib import Path

from tickets.appeal import AppealType, Reason, Urgency
from tickets.cards import Mark
from tickets.duration import Duration
from tickets.sheet import SheetError, read
from tickets.ticket import Role

PACKAGED = Path(__file__).parent / "policies"


class Step(StrEnum):
    """The office's and the unit's own timers (domain.md §3.2, second table)."""

    FIRST_REPLY = "first_reply"
    ACCEPT = "accept"
    DISPATCH = "dispatch"
    SIGN = "sign"
    DECIDE_RETURN = "decide_return"
    CONTACT = "contact"
    REVIEW = "review"
    CALLBACK = "callback"


@dataclass(frozen=True, slots=True, kw_only=True)
class ByUrgency:
    """A duration per urgency. Where a faster one is not given, the next slower one holds."""

    normal: Duration
    urgent: Duration | None = None
    critical: Duration | None = None

    @classmethod
    def parse(cls, text: str) -> ByUrgency:
        """One duration for all."""
        return cls(normal=Duration.parse(text))

    def at(self, urgency: Urgency) -> Duration:
        """The duration for ``urgency``."""
        if urgency is Urgency.CRITICAL and self.critical:
            return self.critical
        if urgency is not Urgency.NORMAL and self.urgent:
            return self.urgent
        return self.normal


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit(ByUrgency):
    """The limit of one appeal type. ``complex`` is for matters marked so; ``callback`` whether the citizen is asked."""

    complex: Duration | None = None
    callback: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How limits are counted: ``closing`` is the time of day a working-day limit ends, None for 24:00."""

    closing: time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept:
    """What an appeal must hold to be accepted without a person: names as in ``Draft.missing``."""

    essential: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """回访: when the citizen is asked, how often in all, and when silence ends the asking."""

    ask_after: ByUrgency
    remind_after: Duration
    lapse_after: Duration
    attempts: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Redo:
    """重办: its limits, how often, and for which of the citizen's reasons the system itself orders it (``auto``)."""

    limit: ByUrgency
    max: int
    auto: bool = False
    reasons: tuple[Reason, ...] = ()
    discipline_proposal_after_dissatisfied: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """How long something stays possible."""

    window: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Urge:
    """催办: the least time between two urges of one ticket."""

    interval: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Hours in which citizens are not written to unasked; ``start`` may be later than ``end`` (over midnight)."""

    start: time
    end: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """黄牌 and 红牌: when each is shown."""

    yellow: Mark
    red: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """退单: within what window a unit may ask, how often, and when a panel must settle it."""

    window: ByUrgency
    max_per_unit: int
    to_panel_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One extension: at most ``cap`` more, granted by ``by``."""

    cap: Duration
    by: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """延期: first and second grant, the total, and the urgencies that get none."""

    first: Grant
    second: Grant
    total: Duration
    forbid: tuple[Urgency, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of the city's rules, in force from ``effective_from`` until another version of that name is."""

    name: str
    version: int
    effective_from: date
    source_note: str
    limits: Mapping[AppealType, Limit]
    steps: Mapping[Step, ByUrgency]
    callback: Callback
    redo: Redo
    urge: Urge
    restore: Window
    reopen: Window
    quiet: Quiet
    cards: Mapping[Urgency, Card]
    return_: Return
    extension: Extension
    accept: Accept = field(default_factory=Accept)
    count: Count = field(default_factory=Count)

    def __post_init__(self) -> None:
        for part, given, kinds in (
            ("limits", self.limits, AppealType),
            ("steps", self.steps, Step),
            ("cards", self.cards, Urgency),
        ):
            missing = [kind.value for kind in kinds if kind not in given]
            if missing:
                raise ValueError(f"{part} must have a line for each kind; add {', '.join(missing)}")

    @property
    def id(self) -> str:
        """As tickets keep it, "cn-jinan-like@1"."""
        return f"{self.name}@{self.version}"


class Policies:
    """All known versions: the one in force for new tickets, and the old ones for tickets opened under them."""

    def __init__(self, current: str, policies: Iterable[Policy]) -> None:
        self._by_id = {policy.id: policy for policy in policies}
        family = [policy for policy in self._by_id.values() if policy.name == current]
        self._family = sorted(family, key=lambda policy: (policy.effective_from, policy.version), reverse=True)
        if not self._family:
            names = sorted({policy.name for policy in self._by_id.values()})
            raise ValueError(f"there is no policy named {current}; known are {', '.join(names)}")

    def at(self, day: date) -> Policy:
        """The version in force on ``day``. Raises LookupError before the first."""
        for policy in self._family:
            if policy.effective_from <= day:
                return policy
        raise LookupError(f"no version of {self._family[0].name} is in force on {day}")

    def get(self, policy_id: str) -> Policy:
        """The version a ticket was opened under. Raises LookupError."""
        try:
            return self._by_id[policy_id]
        except KeyError:
            raise LookupError(f"the policy file {policy_id}.yaml is gone, but tickets need it; put it back") from None


def load_policies(current: str, *folders: Path) -> Policies:
    """Read every ``name@version.yaml`` of the packaged policies and of the city's own ``folders``; ``current`` names
    the policy new tickets are opened under. Raises SheetError, or ValueError when ``current`` is unknown."""
    return Policies(current, (load_policy(path) for folder in (PACKAGED, *folders) for path in folder.glob("*@*.yaml")))


@cache
def load_policy(path: Path) -> Policy:
    """Read one policy file, whose name must be its id. Raises SheetError."""
    policy = read(Policy, path.read_text("utf-8"), source=path.name)
    if path.stem != policy.id:
        raise SheetError(path.name, "name", f"the file of {policy.id} must be called {policy.id}.yaml")
    return policy
