"""Files are kept once, whole or not at all, and fetched from a provider that misbehaves."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from bot.accounts import Account, Accounts
from bot.files.attachments import MAX_ATTEMPTS, Fetcher, Store
from bot.store.engine import Database
from bot.store.tables import attachment, conversation
from channels.adapter import Channel
from channels.errors import Later, Never, TooLarge
from channels.message import Attachment, Outbound
from tests.bot.outbox.provider import FREE

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(64)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "files", max_bytes=1000)


def files(store: Store, tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "files").rglob("*") if path.is_file()]


def test_the_same_content_is_kept_once(store: Store, tmp_path: Path):
    one = store.keep(PNG, media_type="image/png")
    two = store.keep(PNG, media_type="image/png")
    assert one == two
    assert one.path.read_bytes() == PNG
    assert one.path == store.path(one.sha256)
    assert one.path.parent.parent.name == one.sha256[:2]
    assert len(files(store, tmp_path)) == 1


def test_the_bytes_say_what_a_file_is(store: Store):
    assert store.keep(JPEG, media_type="text/html").media_type == "image/jpeg"
    assert store.keep(b"just words", media_type="text/plain").media_type == "text/plain"
    assert store.keep(b"no idea", media_type="").media_type == "application/octet-stream"


def test_what_is_too_large_is_refused_and_leaves_nothing(store: Store, tmp_path: Path):
    with pytest.raises(TooLarge, match="1001 bytes"):
        store.keep(bytes(1001), media_type="image/png")
    assert files(store, tmp_path) == []


def test_a_disk_that_fails_leaves_no_half_file(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("os.fsync", full)
        with pytest.raises(OSError, match="No space"):
            store.keep(PNG, media_type="image/png")
    assert files(store, tmp_path) == []
    assert store.keep(PNG, media_type="image/png").path.read_bytes() == PNG


@given(st.binary(max_size=1000))
@settings(max_examples=40, deadline=None)
def test_whatever_is_kept_is_read_back(tmp_path_factory: pytest.TempPathFactory, content: bytes):
    kept = Store(tmp_path_factory.getbasetemp() / "any", max_bytes=1000).keep(content, media_type="")
    assert kept.path.read_bytes() == content
    assert kept.size == len(content)


class MediaAdapter:
    """Fetches from the loopback provider; what each status means is its own business."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.fetched = 0

    async def send(self, out: Outbound) -> str:
        raise Never("a channel of photos only")

    async def close(self) -> None:
        return

    async def fetch(self, file: Attachment) -> tuple[bytes, str]:
        self.fetched += 1
        async with aiohttp.ClientSession() as session, session.get(f"{self.base}/{file.ref}") as response:
            if response.status == 404:
                raise Never("expired", code="40007")
            if response.status == 429:
                raise Later("slowly", after=300, code="45009")
            if response.status != 200:
                raise Later("busy", code=str(response.status))
            return await response.read(), response.content_type


class Rig:
    def __init__(self, database: Database, adapter: MediaAdapter, store: Store) -> None:
        self.database, self.adapter, self.store = database, adapter, store
        self.at = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)
        channel = Channel("photos", "photos", FREE, dict, lambda *_: adapter)
        self.accounts = Accounts({("photos", "city"): Account(channel, "city", adapter)})

    def fetcher(self) -> Fetcher:
        return Fetcher(self.database, self.accounts, self.store, now=lambda: self.at)

    async def want(self, *refs: str, account: str = "city") -> None:
        talk = {"channel": "photos", "account": "city", "peer": refs[0], "memory": {}}
        async with self.database.begin() as connection:
            talk |= {"created_at": self.at, "updated_at": self.at}
            id = await connection.scalar(insert(conversation).values(talk).returning(conversation.c.id))
            row = {"conversation_id": id, "channel": "photos", "account": account, "kind": "image", "media_type": ""}
            row |= {"name": "", "state": "pending", "not_before": self.at, "created_at": self.at}
            await connection.execute(insert(attachment), [row | {"id": f"id-{ref}", "ref": ref} for ref in refs])

    async def see(self, ref: str):
        async with self.database.read() as connection:
            return (await connection.execute(select(attachment).where(attachment.c.ref == ref))).one()


@pytest.fixture
async def rig(database: Database, store: Store) -> AsyncIterator[Rig]:
    async def serve(request: web.Request) -> web.Response:
        ref = request.match_info["ref"]
        if ref.isdigit():
            return web.Response(status=int(ref))
        if ref == "slow":
            await asyncio.sleep(0.3)
        return web.Response(body=bytes(2000) if ref == "huge" else PNG, content_type="image/png")

    app = web.Application()
    app.router.add_get("/{ref}", serve)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield Rig(database, MediaAdapter(f"http://127.0.0.1:{runner.addresses[0][1]}"), store)
    await runner.cleanup()


async def test_what_waits_is_fetched_and_kept(rig: Rig):
    await rig.want("photo", "huge", "404")
    assert await rig.fetcher().once() == 3
    photo = await rig.see("photo")
    assert (photo.state, photo.media_type, photo.size) == ("stored", "image/png", len(PNG))
    assert rig.store.path(photo.sha256).read_bytes() == PNG
    assert ((await rig.see("huge")).state, (await rig.see("huge")).error_code) == ("gone", "TooLarge")
    assert ((await rig.see("404")).state, (await rig.see("404")).error_code) == ("gone", "40007")
    assert await rig.fetcher().once() == 0


async def test_a_provider_that_is_busy_is_asked_again_and_given_up_at_last(rig: Rig):
    await rig.want("503")
    for n in range(MAX_ATTEMPTS):
        assert await rig.fetcher().once() == 1
        assert await rig.fetcher().once() == 0, "not before its time"
        assert (await rig.see("503")).attempts == n + 1
        rig.at += timedelta(hours=3)
    assert (await rig.see("503")).state == "gone"


async def test_the_provider_s_own_time_is_kept(rig: Rig):
    await rig.want("429")
    await rig.fetcher().once()
    row = await rig.see("429")
    assert (row.state, row.not_before - rig.at) == ("pending", timedelta(seconds=300))


async def test_an_account_nobody_configured_loses_no_photo(rig: Rig):
    await rig.want("photo", account="county")
    await rig.fetcher().once()
    assert (await rig.see("photo")).state == "pending"


async def test_a_lease_of_a_dead_fetcher_lapses(rig: Rig):
    await rig.want("photo")
    rows = await rig.fetcher()._lease()
    assert len(rows) == 1
    assert await rig.fetcher().once() == 0
    rig.at += timedelta(minutes=3)
    assert await rig.fetcher().once() == 1
    assert (await rig.see("photo")).state == "stored"
    assert rig.adapter.fetched == 1


async def test_a_stop_lets_what_is_being_fetched_end(rig: Rig):
    await rig.want("slow", "photo")
    fetcher = rig.fetcher()
    running = asyncio.create_task(fetcher.run())
    async with asyncio.timeout(5):
        while rig.adapter.fetched < 2:
            await asyncio.sleep(0.01)
    await fetcher.stop()
    await asyncio.wait_for(running, 1)
    assert ((await rig.see("slow")).state, (await rig.see("photo")).state) == ("stored", "stored")


async def test_a_full_disk_waits(rig: Rig, monkeypatch: pytest.MonkeyPatch):
    await rig.want("photo")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(Store, "keep", full)
        await rig.fetcher().once()
    row = await rig.see("photo")
    assert (row.state, row.error_code) == ("pending", "OSError")
    rig.at += timedelta(minutes=1)
    await rig.fetcher().once()
    assert (await rig.see("photo")).state == "stored"
