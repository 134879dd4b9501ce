"""The page's files: strict headers, the city's words escaped, nothing outside the folder."""

from __future__ import annotations

import re

import aiohttp
import pytest

from channels.adapter import Tools
from channels.app import CHANNEL
from channels.app.adapter import WebChat
from channels.app.settings import AppSettings
from channels.limits import KEYS, Buckets
from channels.message import Address, Outbound, Say
from tests.channels.app.conftest import SECRET


async def test_the_page_runs_only_its_own_code(client):
    answer = await client.get("/chat")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    html = await answer.text()
    assert not re.search(r"<script(?![^>]*\ssrc=)|\son\w+=|\sstyle=|https?://", html)
    for name in re.findall(r'(?:src|href)="(/chat/[^"]+)"', html):
        file = await client.get(name)
        assert (file.status, file.headers["X-Content-Type-Options"]) == (200, "nosniff")


async def test_only_named_sites_may_show_the_page_in_a_frame(client, serve):
    for path in ("/embed.js", "/chat/embed/city"):
        assert (await client.get(path)).status == 404, "no site is named"
    open_to = await serve(embed_origins=["https://www.city.example", "https://app.city.example"])
    frame = (await open_to.get("/chat/embed/city")).headers["Content-Security-Policy"]
    assert frame.endswith("frame-ancestors https://www.city.example https://app.city.example")
    assert (await open_to.get("/chat")).headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")
    assert (await open_to.get("/chat/embed/other")).status == 404
    script = await open_to.get("/embed.js")
    assert script.content_type == "text/javascript"
    assert 'const TITLE = "12345 政务服务便民热线";' in await script.text()


async def test_a_city_writes_its_own_words_and_no_markup(serve):
    words = {"title": "泉城<b>12345</b>", "greeting": '"&$greeting', "quick": [{"label": "<i>", "text": '"><script>'}]}
    html = await (await (await serve(words=words)).get("/chat")).text()
    assert "泉城&lt;b&gt;12345&lt;/b&gt;" in html
    assert "&quot;&amp;$greeting" in html
    assert 'data-say="&quot;&gt;&lt;script&gt;"' in html


async def test_an_unchanged_file_is_not_sent_again(client):
    first = await client.get("/chat/main.js")
    again = await client.get("/chat/main.js", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, await again.read()) == (304, b"")
    assert first.content_type == "text/javascript"


@pytest.mark.parametrize("path", ["nothing.js", "..%2Fadapter.py", "%2e%2e/adapter.py", "index.html%00", ".", "..%5c"])
async def test_nothing_but_the_pages_files(client, path):
    assert (await client.get(f"/chat/{path}")).status in {403, 404}


async def test_sending_leaves_the_house_to_the_history(house):
    tools = Tools(now=house.now, http=aiohttp.ClientSession)
    chat = WebChat("city", AppSettings.model_validate({"jwt_secret": SECRET}), tools)
    assert await chat.send(Outbound(key="k", address=Address("app", "city", "web_x"), body=Say("您好"))) == ""
    await chat.close()


def test_what_is_missing_is_said_in_words():
    bare = AppSettings.model_validate({"jwt_secret": SECRET})
    assert "identity_secret" in CHANNEL.missing(bare)[0]
    proves = {"jwt_secret": SECRET, "identity_secret": SECRET}
    assert "push" in CHANNEL.missing(AppSettings.model_validate(proves))[0]
    whole = proves | {"push": {"url": "https://push.city.example/hub", "secret": SECRET}}
    assert CHANNEL.missing(AppSettings.model_validate(whole)) == []


async def test_buckets_forget_the_idlest(house):
    buckets = Buckets(burst=1, per_second=0.001)
    now = house.now()
    assert buckets.take("first", now=now) == 0
    assert buckets.take("first", now=now) == pytest.approx(1000)
    for number in range(KEYS):
        buckets.take(str(number), now=now)
    assert buckets.take("first", now=now) == 0
