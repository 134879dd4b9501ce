"""Makes two ways of writing the same question look the same: fillers dropped, synonyms joined, marks removed."""

from __future__ import annotations

import re
import unicodedata

_MARKS = re.compile(r"[^\u3400-\u9fff\U00020000-\U0003ffff0-9a-z]+")
_CLAUSES = re.compile(r"[,，。;；?？!！\n]+")

# Words that say how somebody asks, not what about. Longest first within one alternation.
_FILLERS = re.compile(
    "|".join(
        (
            "麻烦(?:您|你)?(?:帮我)?(?:问|咨询|查)?一下", "(?:我)?(?:想|要)(?:要)?(?:问|咨询|了解|知道|请教)(?:一下|下)?", "请问一下", "咨询一下",
            "您好", "你好", "请问", "谢谢(?:您|你)?", "请教", "能不能告诉我", "告诉我", "我想", "一下", "的话",
            "啊", "呀", "呢", "吧", "哦", "嘛",
        )
    )
)  # fmt: skip

HOW_CHARACTERS = frozenset(
    "怎么什哪里多少时候长间需要可以能吗是的了在有没我们办理去找谁想会不问几和被把给让到上家还个也样处这那你就都很好"
)
"""Characters that mostly say how one asks, and seldom what about."""

# Citizens' words -> the office's word. Only where the two mean the same to everybody who asks.
SYNONYMS = {
    "暖气": "供暖", "供热": "供暖", "来暖": "供暖", "送暖": "供暖", "暖气费": "供暖费", "取暖": "供暖",
    "自来水": "供水", "煤气": "燃气", "天然气": "燃气", "停煤气": "停燃气",
    "房产证": "不动产证", "房本": "不动产证", "产权证": "不动产证", "不动产权证书": "不动产证", "不动产权证": "不动产证",
    "驾照": "驾驶证", "行驶本": "行驶证", "电动自行车": "电动车", "电瓶车": "电动车",
    "结婚证": "结婚登记", "领证": "结婚登记", "办低保": "申请低保", "最低生活保障": "低保",
    "住房公积金": "公积金", "社会保险": "社保", "五险": "社保", "医疗保险": "医保", "养老金": "养老待遇", "退休金": "养老待遇",
    "工资": "薪", "拖欠": "欠", "讨薪": "欠薪", "娃": "孩子", "小孩": "孩子", "子女": "孩子", "小朋友": "孩子",
    "怎样": "怎么", "如何": "怎么", "咋": "怎么", "怎么样": "怎么", "啥": "什么", "哪些": "什么", "几号": "什么时候", "哪天": "什么时候",
    "何时": "什么时候", "多久": "多长时间", "几天": "多长时间", "哪儿": "哪里", "何处": "哪里", "什么地方": "哪里",
    "多少钱": "费用", "收费标准": "费用", "丢了": "补办", "丢失": "补办", "遗失": "补办", "掉了": "补办", "弄丢": "补办",
    "能否": "能不能", "可否": "能不能", "可不可以": "能不能", "手续": "材料", "证件": "材料",
}  # fmt: skip
_SYNONYM = re.compile("|".join(sorted(SYNONYMS, key=len, reverse=True)))

CLAUSES_AT_MOST = 3
SPLIT_UP_TO = 60
"""Longer texts are stories: one clause of a story that looks like a question is not what was asked."""


def normal(text: str) -> str:
    """The question's bones: NFKC, lower case, synonyms joined, fillers and marks dropped."""
    folded = unicodedata.normalize("NFKC", text).lower()
    bones = _SYNONYM.sub(lambda found: SYNONYMS[found[0]], _MARKS.sub("", folded))
    return _FILLERS.sub("", bones) or bones


def ways(text: str) -> list[str]:
    """The whole question, and its clauses where it is short enough to be several questions."""
    whole = normal(text)
    if len(text) > SPLIT_UP_TO:
        return [whole]
    clauses = [bones for part in _CLAUSES.split(text) if len(bones := normal(part)) > 3]
    if not 2 <= len(clauses) <= CLAUSES_AT_MOST:
        return [whole]
    return [whole, *clauses]
