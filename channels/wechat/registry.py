"""Compares the templates the operator wrote down with those WeChat has granted the account."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from channels.wechat.settings import Template

PATHS: Mapping[str, str] = {
    "template": "/cgi-bin/template/get_all_private_template",
    "subscribe": "/wxaapi/newtmpl/gettemplate",
}
"""Where the account's templates of each kind are listed."""
_FIELD = re.compile(r"\{\{\s*(\w+)\.DATA\s*\}\}")
_LASTING = 3
"""``type`` of a 长期订阅; 2 is one for one send."""


@dataclass(frozen=True, slots=True)
class Granted:
    """One template of the account: its fields in their order; ``lasting`` None where WeChat does not say."""

    id: str
    title: str
    fields: tuple[str, ...]
    lasting: bool | None = None


def granted(answer: Mapping[str, Any]) -> dict[str, Granted]:
    """The templates in an answer of either list, by id; rows of another form are left out."""
    rows = answer.get("template_list", answer.get("data"))
    found = [_read(row) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return {one.id: one for one in found if one.id}


def _read(row: Mapping[str, Any]) -> Granted:
    lasting = row["type"] == _LASTING if isinstance(row.get("type"), int) else None
    return Granted(
        id=str(row.get("template_id") or row.get("priTmplId") or ""),
        title=str(row.get("title", "")),
        fields=tuple(_FIELD.findall(str(row.get("content", "")))),
        lasting=lasting,
    )


def faults(templates: Mapping[str, Sequence[Template]], lists: Mapping[str, Mapping[str, Granted]]) -> list[str]:
    """Where configured templates differ from the account's (``lists`` by kind), in words for the operator."""
    return [
        f"templates.{key} ({one.kind}): {fault}"
        for key, each in templates.items()
        for one in each
        if one.id
        for fault in _faults(one, lists[one.kind].get(one.id))
    ]


def _faults(ours: Template, theirs: Granted | None) -> Iterator[str]:
    if theirs is None:
        yield "账号下没有这个模板 (the account has no template of this id)"
        return
    if lacking := [name for name in theirs.fields if name not in ours.fields]:
        yield f"《{theirs.title}》缺少字段 (fields not filled): {', '.join(lacking)}"
    if strange := [name for name in ours.fields if name not in theirs.fields]:
        yield f"《{theirs.title}》没有字段 (no such fields): {', '.join(strange)}"
    if theirs.lasting is not None and theirs.lasting != ours.lasting:
        kind = "长期订阅 (lasting = true)" if theirs.lasting else "一次性订阅 (lasting = false)"
        yield f"《{theirs.title}》是{kind}"
