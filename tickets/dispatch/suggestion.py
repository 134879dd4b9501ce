"""The three units that could lead, the best first, each with its reasons; the office decides (domain.md §4.7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tickets.dispatch.case import Case
from tickets.dispatch.rules import Dispatching
from tickets.dispatch.sources import Ground, Hint, Source
from tickets.ticket import Ticket
from tickets.units import Directory, Secrecy

SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a unit is proposed: on what ground, in words, with the clause quoted."""

    ground: Ground
    words: str
    clause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A unit that could lead, how sure that is (0 to 1), and why."""

    unit: str
    confidence: float
    reasons: tuple[Reason, ...]
    co: tuple[str, ...] = ()
    named: bool = False
    """The catalogue itself names it to lead."""

    @property
    def reason(self) -> str:
        """The first reason, in words."""
        return self.reasons[0].words


def never_returned(_unit: str, _case: Case) -> float:
    """Nobody ever returned such a ticket with good reason."""
    return 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Combiner:
    """Puts the sources' words together. ``returned`` is the share of such tickets a unit returned with good reason."""

    directory: Directory = field(repr=False)
    sources: Sequence[Source]
    rules: Dispatching
    returned: Callable[[str, Case], float] = never_returned
    barred: frozenset[str] = frozenset()
    """Units that are out of the question for this ticket: they returned it with good reason, or it is about them."""

    def suggest(self, case: Case) -> tuple[Suggestion, ...]:
        """At most three units. Sources agree like independent witnesses: what all of them doubt is doubted still."""
        found: dict[str, list[tuple[float, Ground, Hint]]] = {}
        for source in self.sources:
            weight = self.rules.weights.of(source.ground) / 100
            for hint in source.hints(case):
                if self._may_lead(hint.unit, case):
                    found.setdefault(hint.unit, []).append((weight * hint.strength, source.ground, hint))
        made = [self._weighed(unit, words, case) for unit, words in found.items()]
        return tuple(sorted(made, key=lambda one: (-one.confidence, one.unit))[:SHOWN])

    def _weighed(self, unit: str, words: list[tuple[float, Ground, Hint]], case: Case) -> Suggestion:
        doubt = 1.0
        for strength, _, _ in words:
            doubt *= 1 - strength
        reasons = tuple(Reason(ground=ground, words=hint.why, clause=hint.clause) for _, ground, hint in words)
        share = self.returned(unit, case)
        if share:
            reasons += (Reason(ground=reasons[0].ground, words=f"曾有{share:.0%}的同类工单被其有理退回"),)
        co = next((hint.co for _, _, hint in words if hint.co), ())
        named = any(hint.named for _, _, hint in words)
        return Suggestion(unit=unit, confidence=(1 - doubt) * (1 - share), reasons=reasons, co=co, named=named)

    def _may_lead(self, code: str, case: Case) -> bool:
        """Only a level-2 unit of that day leads; a sealed one takes matters by referral alone."""
        unit = None if code in self.barred else self.directory.get(code)
        return bool(unit and unit.in_force(case.day) and unit.level <= 2 and unit.secrecy is Secrecy.OPEN)


def automatic(ticket: Ticket, found: Sequence[Suggestion], rules: Dispatching) -> Suggestion | None:
    """What the system may dispatch by itself, where the policy lets it: the catalogue's own word, sure enough, on a
    ticket that is neither confidential nor critical nor a report, and that no unit had before."""
    if not rules.automatic or ticket.delicate or ticket.assignments or ticket.consultations or not found:
        return None
    best = found[0]
    return best if best.named and best.confidence * 100 >= rules.confidence else None


def explained(one: Suggestion, names: Mapping[str, str]) -> str:
    """A suggestion in one line, for a terminal."""
    why = "；".join(f"{reason.words}{f'（{reason.clause}）' if reason.clause else ''}" for reason in one.reasons)
    co = f"；协办 {'、'.join(names.get(code, code) for code in one.co)}" if one.co else ""
    return f"{names.get(one.unit, one.unit)} {one.unit} {one.confidence:.0%} {why}{co}"
