"""Turns a mail's HTML into plain text that is safe anywhere: no markup, no script, quoted letters cut off."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

LONGEST = 1_000_000
"""Characters of HTML that are looked at."""
_GONE = "script, style, head, title, template, noscript, object, embed, svg, iframe"
# How mail clients mark the letter that is answered (names seen in Gmail, QQ, NetEase, Aliyun, Outlook).
_QUOTED = (
    ".gmail_quote, .gmail_extra, .qmbox, #origbody, .ntes-mailmaster-quote, #isReplyContent, #divRplyFwdMsg, "
    ".__aliyun_previous_node, .foxmail_quote, blockquote"
)
_BREAKS = frozenset(
    [
        "br",
        "p",
        "div",
        "tr",
        "li",
        "ul",
        "ol",
        "table",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "section",
        "article",
        "header",
        "footer",
        "blockquote",
        "pre",
        "dt",
        "dd",
    ]
)
_CELL = frozenset({"td", "th"})
_SPACES = re.compile(r"[ \t\r\f\v\xa0\u3000]*\n[ \t\r\f\v\xa0]*")
_MANY = re.compile(r"\n{3,}")


def as_text(html: str, *, quoted: bool = False) -> str:
    """The readable text. ``quoted`` keeps what the mail client marked as the letter that is answered."""
    tree = LexborHTMLParser(html[:LONGEST])
    for selector in (_GONE,) if quoted else (_GONE, _QUOTED):
        for node in tree.css(selector):
            node.decompose()
    pieces: list[str] = []
    if tree.root is not None:
        _gather(tree.root, pieces)
    return _MANY.sub("\n\n", _SPACES.sub("\n", "".join(pieces))).strip()


def _gather(root: LexborNode, pieces: list[str]) -> None:
    """All text nodes in order, block elements apart. No recursion: mail may be nested a hundred thousand deep."""
    for node in root.traverse(include_text=True):
        tag = node.tag
        if tag == "-text":
            text = node.text_content or ""
            pieces.append(re.sub(r"[ \t\r\n\f]+", " ", text))
        elif tag in _BREAKS:
            pieces.append("\n")
        elif tag in _CELL:
            pieces.append(" ")
