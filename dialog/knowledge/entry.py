"""One piece of knowledge: a question citizens ask, the answer the city stands behind, and who vouches for it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass
from datetime import date
from enum import StrEnum

# Limits of GB/T 44191-2024 style import sheets (domain.md Appendix B): a title fits one line of every channel.
QUESTION_LIMIT = 128
KEYWORD_LIMIT = 20
ANSWER_LIMIT = 2000

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}")
_CATEGORY = re.compile(r"\d{4}")


class EntryError(ValueError):
    """An entry breaks a rule; the message names the entry, the rule and the cure, in Chinese for its editor."""


class EntryState(StrEnum):
    """Where an entry is in its life (``dialog/knowledge/life.py``). Only PUBLISHED is ever said to a citizen."""

    DRAFT = "draft"
    REVIEW = "review"
    PUBLISHED = "published"
    HELD = "held"
    """待核: off until an editor has looked, because it contradicts another one or citizens say it is wrong."""
    REPLACED = "replaced"
    """A newer version is published."""
    EXPIRED = "expired"
    """Its last day is over."""
    WITHDRAWN = "withdrawn"
    """停用: taken off by a person, whatever its dates say."""


class Secrecy(StrEnum):
    """Who may read an entry: everybody, or only those who answer (内部)."""

    PUBLIC = "public"
    INTERNAL = "internal"


LINE = "口径"
"""The nature of a unit's current line (处置口径): it overrules older entries on its topic, and always has a last day."""
PARTS = ("conditions", "materials", "process", "result", "fee", "time_limit", "where", "audience")
"""What an entry on a service tells beside its answer (办事指南)."""
PART_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """A knowledge entry (domain.md Appendix B). Raises :class:`EntryError` when a rule is broken."""

    id: str
    """The city's own numbering, "KB-0412": up to 32 letters, digits, ``-``, ``_`` or ``.``."""
    question: str
    """The title as a question, unique within its area."""
    answer: str
    _: KW_ONLY
    similar: tuple[str, ...] = ()
    """The same question in citizens' words."""
    source: str = ""
    """The document it rests on, with its 《》."""
    clause: str = ""
    owner_unit: str = ""
    """Code of the unit that keeps it true."""
    area: str = ""
    """A district code, "" for the whole city."""
    category: str = ""
    """Four digits of the city's category table."""
    nature: str = ""
    """办事指南, 法律法规, 热点问答, 日常咨询 …, or :data:`LINE`."""
    keywords: tuple[str, ...] = ()
    conditions: str = ""
    """前置条件."""
    materials: str = ""
    """审批要件."""
    process: str = ""
    """办事流程."""
    result: str = ""
    """办理结果."""
    fee: str = ""
    time_limit: str = ""
    where: str = ""
    """Place, phone and hours."""
    audience: str = ""
    """Whom it is for: persons, companies …"""
    url: str = ""
    secrecy: Secrecy = Secrecy.PUBLIC
    effective: date
    """First day it may be said."""
    expires: date | None = None
    """Last day it may be said, None for no end."""
    checked: date
    """The day somebody last compared it with its source (核验日期)."""
    next_check: date | None = None
    """The day by which somebody must do so again."""
    state: EntryState

    def __post_init__(self) -> None:
        for fault in _faults(self):
            raise EntryError(f"{self.id or '(无编号)'}: {fault}")

    def served_on(self, day: date) -> bool:
        """May a citizen read it on ``day``?"""
        return (
            self.state is EntryState.PUBLISHED
            and self.secrecy is Secrecy.PUBLIC
            and self.effective <= day
            and (self.expires is None or day <= self.expires)
        )

    def overlaps(self, other: Entry) -> bool:
        """Is there a day on which both may be said?"""
        last, others = self.expires or date.max, other.expires or date.max
        return self.effective <= others and other.effective <= last

    def says_the_same(self, other: Entry) -> bool:
        """Do both tell a citizen the same, but for the spaces?"""
        return all(getattr(self, name).split() == getattr(other, name).split() for name in ("answer", *PARTS))


def _faults(entry: Entry) -> Iterable[str]:
    if not _ID.fullmatch(entry.id):
        yield "编号应为1至32位字母、数字或 - _ .,例如 KB-0412"
    if not entry.question.strip():
        yield "缺少问题,请填写标题"
    for text in (entry.question, *entry.similar):
        if len(text) > QUESTION_LIMIT:
            yield f"问题或相似问超过{QUESTION_LIMIT}字,请缩短:{text[:20]}…"
    if not all(text.strip() for text in entry.similar):
        yield "相似问中有空白项,请删除"
    if not entry.answer.strip():
        yield "缺少答案"
    if len(entry.answer) > ANSWER_LIMIT:
        yield f"答案超过{ANSWER_LIMIT}字,请拆成几条"
    yield from (
        f"办理条件、材料、流程等每项不超过{PART_LIMIT}字,请缩短:{getattr(entry, name)[:20]}…"
        for name in PARTS
        if len(getattr(entry, name)) > PART_LIMIT
    )
    yield from _faults_of_keys(entry)
    yield from _faults_of_days(entry)


def _faults_of_keys(entry: Entry) -> Iterable[str]:
    for word in entry.keywords:
        if not word.strip() or len(word) > KEYWORD_LIMIT:
            yield f"关键词应为1至{KEYWORD_LIMIT}字:{word[:24]}"
        if word == entry.question:
            yield "关键词不能与标题相同"
    if entry.category and not _CATEGORY.fullmatch(entry.category):
        yield f"分类应为四位数字,例如 0402,而不是 {entry.category}"


def _faults_of_days(entry: Entry) -> Iterable[str]:
    if entry.expires is not None and entry.expires < entry.effective:
        yield f"失效日期 {entry.expires} 早于生效日期 {entry.effective}"
    if entry.nature == LINE and entry.expires is None:
        yield "处置口径须写明失效日期"


def distinct(entries: Iterable[Entry]) -> list[Entry]:
    """The entries as a list; raises :class:`EntryError` where two share an id, or a question within one area."""
    kept: list[Entry] = []
    ids: set[str] = set()
    asked: dict[tuple[str, str], str] = {}
    for entry in entries:
        if entry.id in ids:
            raise EntryError(f"{entry.id}: 编号重复,请改用新编号")
        other = asked.setdefault((entry.area, entry.question), entry.id)
        if other != entry.id:
            raise EntryError(f"{entry.id}: 与 {other} 的问题相同,请合并为一条:{entry.question}")
        ids.add(entry.id)
        kept.append(entry)
    return kept
