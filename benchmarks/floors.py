"""The floors: servers that do less than the hub, each started as ``python -m benchmarks.floors NAME PORT``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.workload import AES_KEY, APP_ID, TOKEN

ANSWER = "已受理，我们会尽快答复您。"


def bare(port: int) -> None:
    """aiohttp with a constant answer."""
    from aiohttp import web

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(text="success")

    app = web.Application()
    app.router.add_post("/hook", answer)
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None)


def codec(port: int) -> None:
    """aiohttp and wechatpy: verify, decrypt, parse, reply, encrypt; nothing stored."""
    from aiohttp import web
    from wechatpy import parse_message
    from wechatpy.crypto import WeChatCrypto
    from wechatpy.replies import TextReply

    crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)

    async def answer(request: web.Request) -> web.Response:
        query = request.query
        xml = crypto.decrypt_message(
            (await request.read()).decode(), query["msg_signature"], query["timestamp"], query["nonce"]
        )
        reply = TextReply(content=ANSWER, message=parse_message(xml)).render()
        return web.Response(
            text=crypto.encrypt_message(reply, query["nonce"], query["timestamp"]), content_type="text/xml"
        )

    app = web.Application()
    app.router.add_post("/hook", answer)
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None)


def werobot(port: int) -> None:
    """WeRoBot as it comes: its own server, sessions in SQLite."""
    import os

    os.chdir(tempfile.mkdtemp(prefix="werobot-"))
    from werobot import WeRoBot

    robot = WeRoBot(token=TOKEN, app_id=APP_ID, encoding_aes_key=AES_KEY, enable_session=True)

    @robot.text
    def answer(message: object, session: dict[str, int]) -> str:
        session["steps"] = session.get("steps", 0) + 1
        return ANSWER

    robot.config["HOST"], robot.config["PORT"] = "127.0.0.1", port
    robot.run(server="waitress")


FLOORS = {"bare": bare, "codec": codec, "werobot": werobot}
PATHS = {"bare": "/hook", "codec": "/hook", "werobot": "/"}

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    FLOORS[sys.argv[1]](int(sys.argv[2]))
