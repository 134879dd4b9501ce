"""被反映人: the shop, company or person a citizen names."""

from __future__ import annotations

import re

_QUOTED = re.compile(r"[“\"「『']([^”\"」』']{2,20})[”\"」』']")
_CALLED = re.compile(
    r"(?:店名|名字|名称|单位|公司|物业)?(?:叫做|叫|名为|是)([^,，。;；、\s]{2,20}?)(?:的|[,，。;；、\s]|$)"
)
_COMPANY = re.compile(
    r"([一-龥]{2,16}(?:有限公司|股份公司|集团|物业公司|物业|烧烤店|烧烤|饭店|餐厅|超市|酒店|KTV|ktv|工厂|工地|医院|学校|幼儿园|健身房|培训机构|银行))"
)
_SHAPE = re.compile(
    r"(?:有限公司|股份公司|集团|物业公司|物业|烧烤店|烧烤|饭店|餐厅|超市|酒店|KTV|ktv|工厂|工地|医院|学校|幼儿园|健身房|培训机构|银行|店|厂)$"
)
_SKIP = re.compile(
    r"^(?:楼下|旁边|附近|隔壁|对面|我们|你们|他们|那个|这个|一家|有个|某|小区的?|单位|公司)+|(?:什么|谁|哪|不知道|不清楚)"
)
_BEFORE = re.compile(
    r"^.*(?:反映|投诉|举报|我在|经过|位于|就在|因为|由于|去了|的|在|路|街|巷|号|区|县|市)(?=[一-龥]{3,})"
)
"""What leads up to a name in a sentence is no part of it."""
_STORY = re.compile(r"没|不|坏|了|经常|一直|天天|今天|昨天|被|把|让|给|很|太|乱|吵|脏|臭")
"""A name does not tell a story: better none than a wrong one on a ticket."""
_UNKNOWN = re.compile(r"不清楚|不知道|不记得")


def respondent(text: str, *, asked: bool) -> str:
    """The name in folded ``text``, "" for none. ``asked`` when the message answers our question for it."""
    if found := _QUOTED.search(text):
        return found[1]
    if _UNKNOWN.search(text):
        return ""
    for pattern in (_CALLED, _COMPANY) if asked else (_COMPANY,):
        if found := pattern.search(text):
            name = _SKIP.sub("", _BEFORE.sub("", found[1]))
            if _STORY.search(name):
                continue
            # "烧烤店" says what it is, not which one.
            if len(_SHAPE.sub("", name)) >= 2:
                return name
    return ""
