"""The Chinese words of the desk's knowledge pages, and what changed between two versions of an entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from bot.knowledge.tasks import Outcome, TaskKind
from dialog.acts import Wrong
from dialog.knowledge.entry import LINE, Entry, EntryState, Secrecy
from dialog.knowledge.life import Deed

STATES: Mapping[str, str] = {
    EntryState.PUBLISHED: "已发布",
    EntryState.HELD: "待核",
    EntryState.DRAFT: "草稿",
    EntryState.REVIEW: "待审",
    EntryState.WITHDRAWN: "已停用",
    EntryState.EXPIRED: "已过期",
    EntryState.REPLACED: "历史版本",
}
TABS = tuple(state for state in STATES if state != EntryState.REPLACED)
DEEDS: Mapping[str, str] = {
    Deed.SUBMIT: "提交审核",
    Deed.RETURN: "退回修改",
    Deed.APPROVE: "审核发布",
    Deed.CONFIRM: "核验无误",
    Deed.HOLD: "暂停使用，待核",
    Deed.WITHDRAW: "停用",
}
USUAL = frozenset({Deed.SUBMIT, Deed.APPROVE, Deed.CONFIRM})
"""The usual next step stands first."""
NEEDS_NOTE = frozenset({Deed.RETURN, Deed.HOLD, Deed.WITHDRAW})
KINDS: Mapping[str, str] = {
    TaskKind.GAP: "知识缺口",
    TaskKind.REPORT: "纠错",
    TaskKind.CONFLICT: "答复冲突",
    TaskKind.CHECK: "到期核验",
}
OUTCOMES: Mapping[str, str] = {
    Outcome.PUBLISHED: "已发布答案",
    Outcome.KEPT: "核验无误",
    Outcome.WITHDRAWN: "已停用",
    Outcome.DISMISSED: "不予处理",
}
REASONS: Mapping[str, str] = {Wrong.WRONG: "答案有误", Wrong.OUTDATED: "内容过期"}
SECRECIES: Mapping[str, str] = {Secrecy.PUBLIC: "公开", Secrecy.INTERNAL: "内部"}
NATURES = ("热点问答", "办事指南", "法律法规", "日常咨询", "通知公告", "业务指引", LINE)
FIELDS: Mapping[str, str] = {
    "question": "标题（问题）",
    "similar": "相似问（每行一条）",
    "answer": "答案",
    "source": "依据",
    "clause": "条款",
    "owner_unit": "责任单位",
    "area": "适用区域",
    "category": "分类（四位数字）",
    "nature": "类型",
    "keywords": "关键词（每行一个）",
    "conditions": "前置条件",
    "materials": "审批要件",
    "process": "办事流程",
    "result": "办理结果",
    "fee": "收费",
    "time_limit": "办理时限",
    "where": "地点、电话、时间",
    "audience": "适用对象",
    "url": "来源网址",
    "effective": "生效日期",
    "expires": "失效日期",
    "next_check": "下次核验日期",
    "secrecy": "公开范围",
}
LISTS = ("similar", "keywords")
LONG = {
    "answer": 8,
    "similar": 4,
    "keywords": 2,
    "conditions": 2,
    "materials": 3,
    "process": 3,
    "result": 2,
    "where": 2,
}
DATES = ("effective", "expires", "next_check")
MORE = ("conditions", "materials", "process", "result", "fee", "time_limit", "where", "audience", "url")
"""Blanks only an entry on a service fills: folded away where they are empty."""
_REFUSALS = {
    "state": "当前状态不能这样办理。",
    "hand": "您的岗位不能这样办理。",
    "same_person": "审核人与编写人须为不同的人，请由另一位同事审核。",
    "no_owner": "请先填写责任单位。",
    "no_note": "请写明原因。",
    "over": "已过失效日期，请先修改有效期。",
    "not_over": "尚未到失效日期。",
}


def refusal(reason: str) -> str:
    """Why a deed was refused, in words."""
    if reason.startswith("contradicts:"):
        return f"与{reason.partition(':')[2]}就同一问题答复不一致，请先修改或停用其中一条。"
    return _REFUSALS.get(reason, "不能这样办理。")


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that changed: its name, and its text in pieces of "same", "gone" or "new"."""

    name: str
    pieces: tuple[tuple[str, str], ...]


def shown(entry: Entry, field: str) -> str:
    """A field as a person reads and edits it."""
    value = getattr(entry, field)
    if field in LISTS:
        return "\n".join(value)
    return "" if value is None else str(value)


def differences(before: Entry, after: Entry) -> Iterator[Difference]:
    """What changed, field by field."""
    for field, name in FIELDS.items():
        old, new = shown(before, field), shown(after, field)
        if old != new:
            yield Difference(name.partition("（")[0], tuple(_pieces(old, new)))


def _pieces(old: str, new: str) -> Iterator[tuple[str, str]]:
    for how, start, end, begin, stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if how == "equal":
            yield "same", old[start:end]
            continue
        if end > start:
            yield "gone", old[start:end]
        if stop > begin:
            yield "new", new[begin:stop]
