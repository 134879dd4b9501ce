"""Every way the chat interface says no: a table of codes, each with its HTTP status and a sentence for the citizen."""

from __future__ import annotations

import json
import math
from typing import Any

from aiohttp import web

PROBLEMS: dict[str, tuple[int, str]] = {
    "bad_json": (400, "请求不是有效的 JSON"),
    "bad_message": (400, "消息格式不正确"),
    "bad_query": (400, "查询参数不正确"),
    "bad_key": (400, "缺少或无效的 Idempotency-Key"),
    "bad_upload": (400, "请以 multipart/form-data 的 file 字段上传一个文件"),
    "empty_file": (400, "文件是空的"),
    "unauthenticated": (401, "会话已过期，请重新连接"),
    "bad_resume": (401, "会话无法恢复，请重新开始"),
    "bad_identity": (401, "身份证明无效或已过期"),
    "foreign_origin": (403, "不允许从该网站访问"),
    "bad_link": (403, "链接无效或已过期"),
    "no_file": (404, "文件不存在"),
    "key_reused": (409, "同一个 Idempotency-Key 已用于另一条消息"),
    "too_large": (413, "内容太大"),
    "text_too_long": (413, "文字太长，请分几次发送"),
    "bad_type": (415, "不支持这种文件，请发送照片、视频、录音或 PDF"),
    "not_your_file": (422, "没有找到您上传的这个文件，请重新上传"),
    "too_many": (429, "发送太快，请稍候再试"),
    "too_many_connections": (429, "打开的窗口太多，请关闭一些"),
    "busy": (503, "现在人多，请稍候，系统会自动重试"),
}
"""code -> (HTTP status, sentence)."""


class Problem(Exception):
    """A refusal. Never holds what the citizen sent: ``at`` names our own fields only.

    ``code`` is a key of :data:`PROBLEMS`; ``retry_after`` seconds, None where asking again is no use.
    """

    def __init__(self, code: str, *, retry_after: float | None = None, at: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.status, self.title = PROBLEMS[code]
        self.retry_after = None if retry_after is None else max(1, math.ceil(retry_after))
        self.at = at

    def as_json(self) -> dict[str, Any]:
        """RFC 9457 members, plus ``code``, ``retry_after`` (seconds) and ``at`` where they apply."""
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "code": self.code,
        }
        if self.retry_after is not None:
            body["retry_after"] = self.retry_after
        if self.at:
            body["at"] = list(self.at)
        return body

    def response(self) -> web.Response:
        """The whole HTTP answer."""
        headers = {"Cache-Control": "no-store"}
        if self.retry_after is not None:
            headers["Retry-After"] = str(self.retry_after)
        if self.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        text = json.dumps(self.as_json(), ensure_ascii=False)
        return web.Response(status=self.status, text=text, content_type="application/problem+json", headers=headers)
