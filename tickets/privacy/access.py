"""Who may see what of a citizen and his ticket (§7.3): one table of roles and field classes, and the veil over the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any

from tickets.scrub import masked, scrub
from tickets.state import Role, State


class FieldClass(StrEnum):
    """字段分级, domain.md §7.2; ratings are a class of their own because units do not see them."""

    IDENTITY = "P0"
    """Name, identity number, full address, the provider's name for the person. Hidden until revealed."""
    CONTACT = "P1"
    """Phone, mail. Shown by their ends until revealed."""
    CONTENT = "P2"
    """What the citizen wrote and sent."""
    MATTER = "P3"
    """Category, district, limits, states."""
    STATISTICS = "P4"
    """Counts, for groups of at least five."""
    RATING = "rating"
    RECORDING = "recording"
    """The citizen's voice: the recording of his call. One's own call is one's own here."""


class Sight(IntEnum):
    """How much of a field is seen."""

    HIDDEN = 0
    MASKED = 1
    FULL = 2


class Relation(StrEnum):
    """Whether the ticket is the officer's own: his unit handles it, he talks with the citizen, it was referred to him."""

    OWN = "own"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who works with tickets. ``unit`` is the unit he works for, "" for the hotline's own people (and for the
    demonstration, which acts for any unit)."""

    account: str
    name: str
    roles: frozenset[Role]
    unit: str = ""
    proved: bool = True
    """Whether he proved who he is; whoever has the demonstration's key did not, and sealed files do not exist for him."""

    def acts_for(self, unit: str) -> str:
        """The unit he gives a unit's orders for, where ``unit`` leads; "" when he works for none."""
        if Role.UNIT not in self.roles:
            return ""
        return self.unit or unit

    @property
    def only_own(self) -> bool:
        """He sees nothing but his unit's tickets."""
        return bool(self.unit) and self.roles <= {Role.UNIT}


OFFICERS: tuple[Role, ...] = tuple(role for role in Role if role not in {Role.CITIZEN, Role.BOT, Role.SYSTEM})
"""Roles a person can be given."""
CELLS: Mapping[str, tuple[Sight, Sight]] = {
    "●": (Sight.FULL, Sight.FULL),
    "◐": (Sight.FULL, Sight.HIDDEN),
    "○": (Sight.MASKED, Sight.MASKED),
    "–": (Sight.HIDDEN, Sight.HIDDEN),
}
"""How much is seen of one's own and of others' tickets, as the table of domain.md §7.3 writes it."""
_TABLE: Mapping[Role, str] = {
    #                      P0 P1 P2 P3 P4 rating recording
    Role.CITIZEN: "         ◐  ◐  ◐  ◐  –  ◐  –",
    Role.AGENT: "           ◐  ◐  ●  ●  –  ●  ◐",
    Role.DISPATCHER: "      –  ○  ●  ●  –  ●  –",
    Role.UNIT: "            –  ◐  ◐  ◐  –  –  –",
    Role.REVIEWER: "        –  ○  ●  ●  –  ●  ●",
    Role.CALLBACK_OFFICER: "–  ◐  ◐  ●  –  ●  ◐",
    Role.SUPERVISOR: "      –  ○  ●  ●  ●  ●  ●",
    Role.OFFICE_LEADER: "   –  ○  ●  ●  ●  ●  ●",
    Role.PANELIST: "        –  –  ◐  ◐  –  –  –",
    Role.DISCIPLINE: "      ◐  ◐  ◐  ◐  –  ◐  –",
    Role.ANALYST: "         –  –  ○  ●  ●  ●  –",
    Role.KB_EDITOR: "       –  –  –  –  –  –  –",
    Role.AUDITOR: "         –  –  –  –  –  –  –",
    Role.SYSADMIN: "        –  –  –  –  –  –  –",
}
RIGHTS: Mapping[Role, Mapping[FieldClass, tuple[Sight, Sight]]] = {
    role: dict(zip(FieldClass, (CELLS[cell] for cell in line.split()), strict=True)) for role, line in _TABLE.items()
}
"""Role -> class -> what is seen of own and of others' tickets at most. P0 and P1 are seen in full only when revealed."""
_SECRET: Mapping[FieldClass, Sight] = {
    FieldClass.IDENTITY: Sight.HIDDEN,
    FieldClass.CONTACT: Sight.HIDDEN,
    FieldClass.CONTENT: Sight.MASKED,
}
"""What a unit sees at most where the citizen is confidential (保密, 匿名, 举报)."""
FIELDS: Mapping[str, FieldClass] = {
    **dict.fromkeys(("query_code", "peer"), FieldClass.IDENTITY),
    **dict.fromkeys(("phone", "citizen", "conversation_id"), FieldClass.CONTACT),
    **dict.fromkeys(
        ("title", "content", "place", "latitude", "longitude", "occurred", "respondent", "wanted", "attachments",
         "public_reply", "internal_note", "text", "note", "evidence"),
        FieldClass.CONTENT,
    ),
    **dict.fromkeys(("satisfaction", "first_satisfaction", "solved"), FieldClass.RATING),
    "recording": FieldClass.RECORDING,
}  # fmt: skip
"""The class of each column of a ticket, its conversation and its events; every other one tells of the matter."""
_BY_DEFAULT = {FieldClass.IDENTITY: Sight.HIDDEN, FieldClass.CONTACT: Sight.MASKED}
"""What is seen of these before a reveal, whoever looks."""
NOTHING: frozenset[FieldClass] = frozenset()


def at_most(officer: Officer, what: FieldClass, relation: Relation, *, secret: bool) -> Sight:
    """How much this officer may ever see of ``what``: the best of his roles."""
    return max((_ceiling(role, what, relation, secret=secret) for role in officer.roles), default=Sight.HIDDEN)


def _ceiling(role: Role, what: FieldClass, relation: Relation, *, secret: bool) -> Sight:
    own, other = RIGHTS.get(role, {}).get(what, CELLS["–"])
    sight = own if relation is Relation.OWN else other
    return min(sight, _SECRET.get(what, sight)) if secret and role is Role.UNIT else sight


def sees(
    officer: Officer,
    what: FieldClass,
    relation: Relation,
    *,
    secret: bool,
    revealed: frozenset[FieldClass] = NOTHING,
) -> Sight:
    """How much he sees now; ``revealed`` are the classes he has a running reveal for. A reveal goes beyond the table's
    identity column only where its rules let it be asked for (see :func:`may_ask`)."""
    if what in revealed:
        return Sight.FULL
    return min(at_most(officer, what, relation, secret=secret), _BY_DEFAULT.get(what, Sight.FULL))


def may_hear(officer: Officer, *, by: str) -> bool:
    """Whether he may hear the recording of a call that the officer ``by`` spoke on."""
    relation = Relation.OWN if by == officer.account else Relation.OTHER
    return at_most(officer, FieldClass.RECORDING, relation, secret=False) is Sight.FULL


def may_ask(officer: Officer, what: FieldClass, relation: Relation, *, secret: bool) -> bool:
    """Whether he may ask to have ``what`` revealed. A unit may for its own open tickets where a law needs the identity;
    never where the citizen is confidential."""
    if what not in _BY_DEFAULT:
        return False
    if at_most(officer, what, relation, secret=secret) is Sight.FULL:
        return True
    return Role.UNIT in officer.roles and relation is Relation.OWN and not secret


def needs_second(officer: Officer, what: FieldClass, relation: Relation, *, secret: bool) -> bool:
    """Whether another person must agree: where the citizen is confidential, and beyond what the table gives."""
    return secret or at_most(officer, what, relation, secret=secret) is not Sight.FULL


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One officer's look at one ticket."""

    officer: Officer
    relation: Relation
    secret: bool
    revealed: frozenset[FieldClass] = field(default=NOTHING)

    def sees(self, what: FieldClass) -> Sight:
        """How much of this class he sees."""
        return sees(self.officer, what, self.relation, secret=self.secret, revealed=self.revealed)

    @property
    def at_all(self) -> bool:
        """Whether the ticket exists for him."""
        return self.sees(FieldClass.MATTER) is not Sight.HIDDEN

    def words(self, text: str) -> str:
        """A citizen's words as he may read them: whole but for numbers, without anything personal, or not at all."""
        sight = self.sees(FieldClass.CONTENT)
        if sight is Sight.HIDDEN:
            return ""
        if sight is Sight.MASKED:
            return scrub(text)
        return text if FieldClass.IDENTITY in self.revealed else masked(text)


def relation_of(
    officer: Officer,
    units: Iterable[str],
    *,
    talking: str = "",
    state: str = "",
    call: bool = False,
    referred: bool = False,
) -> Relation:
    """How a ticket stands to an officer. ``units`` take part in it, ``talking`` is who holds its conversation; ``call``
    tells that its citizen must be called, ``referred`` that its file lies with the discipline organ."""
    mine = (
        (Role.UNIT in officer.roles and (not officer.unit or officer.unit in set(units)))
        or (Role.AGENT in officer.roles and talking == officer.account)
        or (call and officer.roles & {Role.AGENT, Role.CALLBACK_OFFICER})
        or (Role.CALLBACK_OFFICER in officer.roles and state == State.TO_CALLBACK)
        or (Role.PANELIST in officer.roles and state == State.IN_CONSULTATION)
        or (Role.DISCIPLINE in officer.roles and referred)
    )
    return Relation.OWN if mine else Relation.OTHER


def veil(row: Mapping[str, Any], look: Look) -> dict[str, Any]:
    """What he sees of a row: hidden fields empty, masked ones without anything that tells who the citizen is. Of a
    confidential ticket a unit reads the text an agent wrote for it, until then the scrubbed one."""
    return {name: _veiled(name, value, row, look) for name, value in row.items()}


def _veiled(name: str, value: Any, row: Mapping[str, Any], look: Look) -> Any:
    what = FIELDS.get(name, FieldClass.MATTER)
    sight = look.sees(what)
    if sight is Sight.HIDDEN:
        return _EMPTY.get(type(value))
    if what is FieldClass.CONTENT:
        if name == "content" and sight is Sight.MASKED and row.get("unit_text"):
            return row["unit_text"]
        if isinstance(value, str):
            return look.words(value)
        # Photos and the exact point tell who it is as words do.
        return value if sight is Sight.FULL else _EMPTY.get(type(value))
    if name == "phone" and sight is Sight.MASKED:
        return masked(value or "")
    return value


_EMPTY: Mapping[type, Any] = {str: "", list: [], tuple: ()}
