"""Cuts the answered letter off a reply, in the forms Chinese mail clients write: what is left is what is new."""

from __future__ import annotations

import re
from html import unescape

LONGEST = 100_000
"""Characters looked at; a longer text is left whole."""

# Each line is how one family of clients leads the letter it quotes (protocols.md §4.7); the earliest one cuts.
_CUTS = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        r"^[ \t>]*-{2,}[ \t]*(?:(?:回复的|转发的)?(?:原始|原)(?:邮件|郵件)|Original(?: Message)?|Forwarded message)[ \t]*-{2,}",
        r"^[ \t>]*(?:在|于|於)[ \t]{0,3}\d{4}[-年/.][^\n]{0,120}(?:\n[^\n]{0,80})?(?:写道|寫道)[ \t]*[:：]?",
        r"^[ \t>]*[^\n]{0,120}[<＜]?[^<>\s@]+@[^<>\s]+[>＞]?[^\n]{0,60}(?:写道|寫道)[ \t]*[:：]",
        r"^[ \t>]*(?:At|On)[ \t][^\n]{4,160}(?:\n[^\n]{0,80})?[ \t]wrote[ \t]*[:：]",
        r"^[ \t>]*(?:发件人|發件人|寄件者|From)[ \t]*[:：][^\n]*\n(?:[^\n]+\n){0,3}?"
        r"[ \t>]*(?:发送时间|發送時間|发送日期|日期|时间|收件人|Sent|Date|To)[ \t]*[:：]",
        r"^(?:>[^\n]*(?:\n|\Z))+\Z",
    )
)
_SIGNATURE = re.compile(
    r"^(?:发自我的[ \t]*\S.*|发自[ \t]*(?:网易邮箱大师|QQ邮箱|手机|新浪邮箱).*|来自我的\S.*|Sent from my .*"
    r"|获取[ \t]*Outlook.*|_{10,}|-{20,})[ \t]*$",
    re.MULTILINE,
)
_ENTITY = re.compile(r"&(?:nbsp|gt|lt|amp|quot);")


def split(text: str) -> tuple[str, str]:
    """(what is new, the letter it answers). If nothing would be left all of it is new: cutting is a view, and the
    whole stays known."""
    if _ENTITY.search(text):
        text = unescape(text).replace("\xa0", " ")  # QQ writes entities into its plain text part
    if len(text) > LONGEST:
        return text.strip(), ""
    at = min((found.start() for cut in _CUTS if (found := cut.search(text))), default=len(text))
    new = _SIGNATURE.sub("", text[:at]).strip()
    if not new:
        return text.strip(), ""
    return new, text[at:].strip()
