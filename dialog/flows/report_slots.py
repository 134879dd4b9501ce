"""What a report has gathered, what is still missing, and the clerk's words for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from channels.message import Kind
from dialog.districts import locate, spot_of
from dialog.emotion import emotion
from dialog.flow import Talk
from dialog.intents import heard, only_an_answer
from dialog.matters import OTHER, Matter, by_category, matter_of, type_of
from dialog.respondent import respondent
from dialog.when import at_night, occurred
from tickets.appeal import AppealType, Draft, Urgency

QUESTIONS_AT_MOST = 3
_HOW_OFTEN = {"", "每晚", "每天"}
"""How often it happens does not say since when."""
TITLE = 40
_AN_ANSWER = 8
"""Characters of an answer that tells nothing more ("不是一回事")."""
SECRECY_ASKED = (AppealType.COMPLAINT, AppealType.REPORT)
WORDS_ONLY = (AppealType.SUGGEST, AppealType.PRAISE, AppealType.CONSULT)
"""Types that need no place and no time."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The slots of one report; everything is a JSON value once dumped."""

    type: AppealType
    category: str = OTHER
    texts: tuple[str, ...] = field(default=(), repr=False)
    place: str = field(default="", repr=False)
    district: str = ""
    latitude: float | None = field(default=None, repr=False)
    longitude: float | None = field(default=None, repr=False)
    occurred: str = field(default="", repr=False)
    respondent: str = field(default="", repr=False)
    wanted: str = field(default="", repr=False)
    secret: bool | None = None
    files: tuple[str, ...] = field(default=(), repr=False)
    recognised: bool = False
    """Some of the words were spoken, and written down by the provider's machine."""
    asked: tuple[str, ...] = ()
    """Questions asked so far; none is asked twice."""
    emotion: int = 0
    unlike: tuple[str, ...] = ()
    """Earlier tickets of his the citizen said this is no repeat of."""
    repeat_of: str = ""
    """An earlier ticket of his this goes on with."""

    def dump(self) -> dict[str, Any]:
        """Only what differs from nothing."""
        row = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in row.items()
            if value not in ("", (), None, 0)
        }

    @classmethod
    def load(cls, stored: Mapping[str, Any]) -> Gathered:
        """The inverse of :meth:`dump`."""
        values = {name: value for name, value in stored.items() if name in cls.__dataclass_fields__}
        for name in ("texts", "files", "asked", "unlike"):
            values[name] = tuple(values.get(name, ()))
        return cls(**values | {"type": AppealType(values.get("type", AppealType.HELP))})

    @property
    def matter(self) -> Matter:
        """The clerk's row of the category."""
        return by_category(self.category)

    def missing(self) -> tuple[str, ...]:
        """Elements (五要素) the citizen has not given."""
        if self.type in WORDS_ONLY:
            return () if self.texts else ("what",)
        given = {"what": bool(self.texts), "where": bool(self.place), "when": self.occurred not in _HOW_OFTEN}
        if self.matter.who:
            given["who"] = bool(self.respondent)
        return tuple(name for name, there in given.items() if not there)


def begin(talk: Talk, kind: AppealType | None) -> Gathered:
    """A report from the message that began it."""
    text = talk.text
    matter = matter_of(text)
    kind = kind or type_of(text, matter) or (AppealType(matter.type) if matter.type else AppealType.HELP)
    # A voice that came before the first words waits in the slots.
    files = tuple(talk.slots.get("files", ())) if talk.memory.flow == "report" else ()
    secret = True if kind is AppealType.REPORT else None
    gathered = Gathered(type=kind, category=matter.category, secret=secret, files=files)
    return hear(talk, gathered, words_are_the_matter=True)


def hear(talk: Talk, before: Gathered, *, words_are_the_matter: bool = False) -> Gathered:
    """What this message adds: files, a place on the map, and whatever its words tell."""
    spoken = talk.inbound.kind is Kind.VOICE and bool(talk.text)
    files = before.files + tuple(file.ref for file in talk.inbound.attachments)
    after = replace(before, files=files, recognised=before.recognised or spoken)
    if (point := talk.inbound.location) is not None:
        found = locate(talk.text or point.label, talk.city)
        after = replace(
            after,
            latitude=point.latitude,
            longitude=point.longitude,
            place=spot_of(point),
            district=found.district or after.district,
        )
    if not talk.inbound.text.strip() or talk.inbound.location is not None:
        return after
    return _words(talk, after, matter=words_are_the_matter)


def more(talk: Talk, before: Gathered) -> Gathered:
    """An answer to a question of ours that tells something besides: whatever is longer than the answer itself."""
    if len(talk.text) <= _AN_ANSWER and not talk.inbound.attachments and talk.inbound.location is None:
        return before
    return hear(talk, before)


def _words(talk: Talk, before: Gathered, *, matter: bool) -> Gathered:
    text = talk.text
    found = locate(text, talk.city)
    after = replace(
        before,
        # A place in a named district is better than one that could be anywhere.
        place=found.place
        if found.place and (not before.place or (found.district and not before.district))
        else before.place,
        district=before.district or found.district,
        occurred=occurred(text) or before.occurred if before.occurred in _HOW_OFTEN else before.occurred,
        respondent=before.respondent or respondent(text, asked="who" in before.asked[-1:]),
        emotion=max(before.emotion, emotion(text)),
    )
    if heard("open", text):
        after = replace(after, secret=False)
    elif heard("secret", text):
        after = replace(after, secret=True)
    if matter or not only_an_answer(text):
        after = replace(after, texts=(*before.texts, talk.inbound.text.strip()))
    if after.category == OTHER and (row := matter_of(text)).title:
        after = replace(after, category=row.category)
    return after


def title(talk: Talk, gathered: Gathered) -> str:
    """The clerk's title: "投诉“老张烧烤”夜间油烟扰民"."""
    phrases, matter = talk.phrases, gathered.matter
    first = gathered.texts[0] if gathered.texts else ""
    if gathered.type in WORDS_ONLY or not matter.title:
        return (
            first[:TITLE]
            if gathered.type not in (AppealType.SUGGEST, AppealType.PRAISE)
            else f"{_verb(talk, gathered)}：{first[:TITLE]}"
        )
    who = phrases("report.quoted", name=gathered.respondent) if gathered.respondent else ""
    night = (
        phrases("report.night")
        if matter.harm and any(at_night(text) for text in (*gathered.texts, gathered.occurred))
        else ""
    )
    return f"{_verb(talk, gathered)}{who}{night}{matter.title}"


def where(talk: Talk, gathered: Gathered) -> str:
    """The place as it is shown to the citizen: with the district of the poster he scanned, where he named none."""
    code = "" if gathered.district else talk.memory.came.get("district", "")
    name = next((one.name for one in talk.city.districts if one.code == code), "")
    return gathered.place if name in gathered.place else name + gathered.place


def _verb(talk: Talk, gathered: Gathered) -> str:
    return talk.phrases(f"report.verbs.{gathered.type}")


def draft(talk: Talk, gathered: Gathered) -> Draft:
    """The appeal, with the citizen's words whole."""
    missing = gathered.missing()
    return Draft(
        type=gathered.type,
        category=gathered.category,
        title=title(talk, gathered),
        content="\n".join(gathered.texts) + (talk.phrases("report.recognised") if gathered.recognised else ""),
        urgency=Urgency.URGENT if gathered.matter.urgent else Urgency.NORMAL,
        emotion=gathered.emotion,
        district=gathered.district or talk.memory.came.get("district", ""),
        place=gathered.place,
        latitude=gathered.latitude,
        longitude=gathered.longitude,
        occurred=gathered.occurred,
        respondent=gathered.respondent,
        wanted=gathered.wanted or gathered.matter.wanted,
        confidential=bool(gathered.secret),
        attachments=gathered.files,
        missing=missing,
        repeat_of=gathered.repeat_of,
        unlike=gathered.unlike,
    )
