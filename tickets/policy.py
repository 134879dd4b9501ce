"""Every number of the city's rules, read from versioned files: a ticket keeps the version it was opened under."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from tickets.appeal import AppealType, Urgency
from tickets.assessment.rule import Repeats
from tickets.dispatch.rules import Dispatching
from tickets.rules.answering import Drafts, Handoff, Knowledge, ThreeWay
from tickets.rules.callback import Callback
from tickets.rules.linking import Linking
from tickets.rules.privacy import Privacy
from tickets.rules.provisions import (
    Accept,
    Archiving,
    ByUrgency,
    Consulting,
    CoOrganising,
    Count,
    Interim,
    Limit,
    Objection,
    Quiet,
    Redo,
    Step,
    Urge,
    Window,
)
from tickets.rules.requests import Extension, Return, Suspension, Termination
from tickets.rules.supervision import Card, Silence, Supervising
from tickets.sheet import SheetError, read

PACKAGED = Path(__file__).parent / "policies"


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
    draft: Drafts
    objection: Objection
    co: CoOrganising
    interim: Interim
    consultation: Consulting
    suspend: Suspension
    terminate: Termination
    supervision: Supervising
    silence: Silence
    exclusion: Window
    archive: Archiving
    dispatch: Dispatching
    repeats: Repeats
    knowledge: Knowledge
    three_way: ThreeWay
    human: Handoff
    privacy: Privacy
    linking: Linking
    accept: Accept = field(default_factory=Accept)
    count: Count = field(default_factory=Count)

    def __post_init__(self) -> None:
        for part, given, kinds in (
            ("limits", self.limits, AppealType),
            ("steps", self.steps, Step),
            ("cards", self.cards, Urgency),
            ("co.due", self.co.due, Urgency),
        ):
            missing = [kind.value for kind in kinds if kind not in given]
            if missing:
                raise ValueError(f"{part} must have a line for each kind; add {', '.join(missing)}")
        quiet = self.quiet
        if any(quiet.holds(slot.start) or slot.start <= quiet.start < slot.end for slot in self.callback.slots):
            raise ValueError("callback.slots must lie outside the quiet hours: citizens are asleep")

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

    def __iter__(self) -> Iterator[Policy]:
        """The versions of the current policy, the newest first."""
        return iter(self._family)

    def known(self) -> tuple[Policy, ...]:
        """Every version of every name: tickets keep the one they were opened under."""
        return tuple(self._by_id.values())

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
