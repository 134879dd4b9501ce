"""What the words of an appeal say beside its matter: that it was told before, that something new happened, what is wanted."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from math import sqrt

_NOTHING_SAID = re.compile(
    r"尊敬的|领导|书记|市长|您好|你好|谢谢|请问|我们|希望|政府|相关部门|有关部门|尽快|麻烦|现在|一直|还是|仍然|依然|没有|这个|那个"
    r"|(?:上次|上回|上个?月|上周|之前|以前|前几天)?(?:反映|投诉|举报|打过?电话)(?:过|的|了)*|[^一-龥a-z0-9]"
)
_TOLD_BEFORE = re.compile(
    r"(?:上次|上回|上个?月|上周|上星期|之前|以前|前几天|前段时间|已经|早就|多次|再次|曾经?|几次|[两二三四五六七八九\d]次)[^,。!?;]{0,6}"
    r"(?:反映|投诉|举报|打(?:过|了)|说过|报过|报修|登记|提交)|(?:反映|投诉|举报|报修|登记)过|(?:还是|仍然|仍旧|依然|依旧)(?:没|不|未|老样子|这样|那样)"
)
_NEW_STRONG = re.compile(
    r"这(?:次|回)(?:是|不一样|不同)|另(?:外)?(?:一|1)?(?:个|处|家|条|件|栋|户)|别的(?:地方|小区|路段)|换了|新(?:的情况|情况|问题|发现|证据|来的|开的)"
    r"|(?:昨天|昨晚|今天|今早|今晚|刚才|刚刚|前天)[^,。!?;]{0,4}又"
)
_AGAIN = re.compile(r"又(?!是(?:什么|谁)|不是|怎么)")
_DATE = re.compile(
    r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})[日号](?![^,。!?;]{0,4}(?:反映|投诉|举报|打过|打了|报修|登记|答复))"
)
_WANTS = {
    "money": re.compile(r"赔偿|补偿|赔钱|赔付|退款|退钱|退费|返还"),
    "repair": re.compile(r"维修|修复|修好|修一下|更换|疏通|抢修|恢复(?:供|正常)"),
    "punish": re.compile(r"查处|处罚|罚款|严惩|问责|追究|取缔|拆除"),
    "explain": re.compile(r"公开|说明|解释|道歉|给个说法"),
}
_GRAM = 2


def folded(text: str) -> str:
    """``text`` as rules read it: full-width forms made plain, lower case, no spaces."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def told_before(text: str) -> bool:
    """The citizen says himself that he reported it already."""
    return bool(_TOLD_BEFORE.search(folded(text)))


def something_new(text: str) -> bool:
    """Words of a new fact: another place, another one, this time (这次是, 另一个, 换了, 昨天又)."""
    return bool(_NEW_STRONG.search(folded(text)))


def happened_again(text: str) -> bool:
    """又: of his own matter a question to ask, of another citizen's a new fact."""
    return bool(_AGAIN.search(folded(text)))


def other_dates(one: str, other: str) -> bool:
    """Both name days on which it happened, and none of them is the same."""
    mine, theirs = _dates(one), _dates(other)
    return bool(mine and theirs) and not mine & theirs


def _dates(text: str) -> set[tuple[str, str]]:
    return {(found[2].lstrip("0"), found[3].lstrip("0")) for found in _DATE.finditer(folded(text))}


def other_wishes(one: str, other: str) -> bool:
    """Both say what they want, and it is not the same: money is no repair."""
    mine, theirs = _wishes(one), _wishes(other)
    return bool(mine and theirs) and not mine & theirs


def _wishes(text: str) -> set[str]:
    words = folded(text)
    return {wish for wish, pattern in _WANTS.items() if pattern.search(words)}


def alike(one: str, other: str) -> int:
    """How much two texts share, 0 to 100: the cosine of their pairs of characters, politeness left out."""
    mine, theirs = _grams(one), _grams(other)
    if not mine or not theirs:
        return 0
    shared = sum(count * theirs[gram] for gram, count in mine.items())
    return round(100 * shared / sqrt(_length(mine) * _length(theirs)))


def _grams(text: str) -> Counter[str]:
    words = _NOTHING_SAID.sub("", folded(text))
    return Counter(words[at : at + _GRAM] for at in range(len(words) - _GRAM + 1))


def _length(grams: Counter[str]) -> int:
    return sum(count * count for count in grams.values())
