"""Takes out of citizens' words what tells who they are, before the words leave the hotline."""

from __future__ import annotations

import re

GONE = "＊＊"
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<!\d)\d{17}[\dXx](?![\dXx])", re.ASCII), GONE),
    (re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)", re.ASCII), GONE),
    (re.compile(r"(?<!\d)0\d{2,3}[ -]?\d{7,8}(?!\d)", re.ASCII), GONE),
    (re.compile(r"(?<!\d)\d{15,19}(?!\d)", re.ASCII), GONE),
    (re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+", re.ASCII), GONE),
    (re.compile(r"((?:微信|QQ|qq)号?(?:是|为|[:：])?\s*)[A-Za-z0-9_-]{5,20}", re.ASCII), rf"\1{GONE}"),
    (re.compile(r"((?:我叫|我的名字(?:是|叫)|姓名(?:是|为|[:：])?|本人姓名(?:是|为)?)\s*)[一-龥·]{2,4}(?=[,，。;；、:：\s]|$|是|住|在|的|电话|手机)"), rf"\1{GONE}"),
    (re.compile(r"((?:我是|本人是?)(?=[一-龥]{2,3}[,，。;；\s]))(?!一|个|在|来|想|要|不|没|本|退|学|农|业|租|房|家|公)[一-龥]{2,3}"), rf"\1{GONE}"),
    (re.compile(r"\d{1,3}号?(?:楼|栋|幢|座)(?:[\d一二三四五六七八九十]{1,3}单元)?\d{2,4}(?:室|户|房|号)?"), GONE),
    (re.compile(r"(?:[\d一二三四五六七八九十]{1,3}单元)\d{2,4}(?:室|户|房)?"), GONE),
    (re.compile(r"(?<!\d)\d{3,4}室"), GONE),
    (re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][ ·]?[A-Z0-9]{5,6}(?![A-Z0-9])"), GONE),
)  # fmt: skip


def scrub(text: str) -> str:
    """``text`` without phones, identity numbers, bank cards, mail addresses, names after 我叫, rooms and plates.

    Words that only look like one go too: a number too many taken out harms nobody."""
    for pattern, instead in _RULES:
        text = pattern.sub(instead, text)
    return text
