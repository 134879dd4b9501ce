"""Takes out of citizens' words what tells who they are, before the words leave the hotline."""

from __future__ import annotations

import re

GONE = "＊＊"
_NO_NAMES = "业主|居民|市民|学生|家长|老人|职工|员工|租户|租客|房东|农民|军人|党员|残疾|孕妇|外地|本地|这里|这个|一名|一个|一位|单位|退休"
"""What people say they are after 我是, and is not their name."""
_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        (r"(?<!\d)\d{17}[\dXx](?![\dXx])", GONE),
        (r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)", GONE),
        (r"(?<!\d)0\d{2,3}[ -]?\d{7,8}(?!\d)", GONE),
        (r"(?<!\d)\d{15,19}(?!\d)", GONE),
        (r"[A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+", GONE),
        (r"((?:微信|QQ|qq)号?(?:是|为|[:：])?\s*)[A-Za-z0-9_-]{5,20}", rf"\1{GONE}"),
        (r"(我叫|我的名字[是叫]|姓名[是为:：]?)\s*[一-龥·]{2,4}?(?=[,，。;；、:：\s是住在的电手]|$)", rf"\1{GONE}"),
        (rf"(我是|本人是?)(?!{_NO_NAMES})[一-龥]{{2,3}}(?=[,，。;；\s])", rf"\1{GONE}"),
        (r"\d{1,3}号?[楼栋幢座](?:[\d一二三四五六七八九十]{1,3}单元)?\d{2,4}[室户房号]?", GONE),
        (r"[\d一二三四五六七八九十]{1,3}单元\d{2,4}[室户房]?", GONE),
        (r"(?<!\d)\d{3,4}室", GONE),
        (r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][ ·]?[A-Z0-9]{5,6}(?![A-Z0-9])", GONE),
    )
)


def scrub(text: str) -> str:
    """``text`` without phones, identity numbers, bank cards, mail addresses, names after 我叫, rooms and plates.

    Words that only look like one go too: a number too many taken out harms nobody."""
    for pattern, instead in _RULES:
        text = pattern.sub(instead, text)
    return text
