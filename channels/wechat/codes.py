"""QR codes that tell which of them was scanned (带参数二维码)."""

from __future__ import annotations

from datetime import timedelta

from channels.account import Code
from channels.errors import Unknown
from channels.wechat.client import Api

LONGEST_SCENE = 64
LONGEST_LIFE = timedelta(days=30)
"""Of a code that ends; at most 100,000 codes of an account may be for ever."""


async def code(api: Api, base: str, scene: str, *, lasts: timedelta | None) -> Code:
    """A code for ``scene``; its picture comes from ``base``. Raises ValueError, SendError."""
    if not 0 < len(scene) <= LONGEST_SCENE:
        raise ValueError(f"a scene has 1 to {LONGEST_SCENE} characters")
    if lasts is not None and not timedelta(seconds=1) <= lasts <= LONGEST_LIFE:
        raise ValueError(
            f"a code that ends lasts at most {LONGEST_LIFE.days} days; leave the days out for one that does not"
        )
    asked: dict[str, object] = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": scene}}}
    if lasts is not None:
        asked |= {"action_name": "QR_STR_SCENE", "expire_seconds": int(lasts.total_seconds())}
    answer = await api.ask("/cgi-bin/qrcode/create", asked)
    ticket, url = answer.get("ticket"), answer.get("url")
    if not (isinstance(ticket, str) and ticket and isinstance(url, str) and url):
        raise Unknown("WeChat gave no code")
    return Code(url, await api.picture(f"{base}/cgi-bin/showqrcode", {"ticket": ticket}))
