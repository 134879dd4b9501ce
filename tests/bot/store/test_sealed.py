"""Phones and mail addresses lie unreadable in the database, are found all the same, and outlive a change of keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text

from bot.cli import main
from bot.store.conversations import citizens_by_phone, claim
from bot.store.engine import Database
from bot.store.protecting import protect, reseal
from bot.store.sealed import NoKeys, Vault
from bot.store.tables import conversation, message, metadata
from bot.work import Changes
from channels.message import Address
from tests.bot.house import NOW
from tests.conftest import VAULT

PHONE, MAIL = "13800138000", "wang.xm@example.com"


def dump(url: str) -> str:
    """Everything the database holds, as who stole it would read it."""
    if url.startswith("sqlite"):
        path = Path(url.partition(":///")[2])
        return "".join(one.read_bytes().decode("latin-1") for one in path.parent.glob(f"{path.name}*"))
    return ""


async def rows(database: Database) -> str:
    """Every stored value, past the column types."""
    found = []
    async with database.read() as connection:
        for table in metadata.sorted_tables:
            found += [repr(tuple(row)) for row in await connection.execute(text(f"SELECT * FROM {table.name}"))]
    return "\n".join(found)


async def test_who_is_found_by_his_number_is_nowhere_readable(database: Database, database_url: str) -> None:
    for peer in (PHONE, MAIL, "oWeChatOpenId000000000000000"):
        async with database.begin() as connection:
            first = (await claim(connection, [Address("sms", "city", peer)], now=NOW)).popitem()[1]
        async with database.begin() as connection:
            again = (await claim(connection, [Address("sms", "city", peer)], now=NOW)).popitem()[1]
        assert (again.id, again.address.peer) == (first.id, peer)
    changes = Changes()
    changes.update(conversation, "id", 1, phone=PHONE, phone_sealed=PHONE, citizen=1)
    async with database.begin() as connection:
        await changes.write(connection)
        assert await citizens_by_phone(connection, [PHONE, "13900139000"]) == {PHONE: 1}
        assert await connection.scalar(select(conversation.c.id).where(conversation.c.peer == MAIL)) == 2
    left = await rows(database) + dump(database_url)
    assert PHONE not in left
    assert MAIL not in left


@pytest.mark.parametrize("value", [PHONE, "+85298765432", "138 0013 8000", MAIL])
def test_what_is_personal_is_sealed_and_opened(value: str) -> None:
    assert VAULT.open(VAULT.seal(value)) == value
    assert VAULT.seal(value) != VAULT.seal(value), "two of the same do not look alike"
    assert VAULT.tag(value) == VAULT.tag(value) != Vault(b"x" * 32, VAULT.keys).tag(value)
    with pytest.raises(NoKeys):
        Vault(b"h" * 32, {"k1": b"x" * 32}).open(VAULT.seal(value))
    assert Vault.read(VAULT.written()).open(VAULT.seal(value)) == value


@pytest.mark.parametrize("written", ["", "hash:AAAA", "k1:" + "A" * 43 + "=", "hash:? k1:?"])
def test_keys_that_cannot_be_are_refused(written: str) -> None:
    with pytest.raises(ValueError, match="contact keys"):
        Vault.read(written)


async def test_what_lay_in_clear_is_protected_once_and_the_wrong_keys_are_noticed(
    database: Database, database_url: str
) -> None:
    async with database.begin() as connection:
        for statement in (
            "INSERT INTO conversation (id, channel, account, peer, phone, citizen, memory, created_at, updated_at) VALUES"
            f" (1, 'sms', 'city', '{PHONE}', '{PHONE}', 1, '{{}}', '2026-09-18 00:00:00', '2026-09-18 00:00:00'),"
            " (2, 'app', 'web', 'guest', NULL, 2, '{}', '2026-09-18 00:00:00', '2026-09-18 00:00:00')",
            "INSERT INTO message (id, conversation_id, seq, channel, account, dedupe_key, kind, text, body, sent_at,"
            f" received_at) VALUES (1, 1, 1, 'sms', 'city', '{PHONE}:1:x', 'text', '路灯不亮', '{{\"verified_phone\":"
            f" \"{PHONE}\"}}', '2026-09-18 00:00:00', '2026-09-18 00:00:00')",
            "INSERT INTO outbox (id, key, conversation_id, seq, channel, account, peer, body, sender, priority, state,"
            f" not_before, created_at) VALUES (1, 'k', 1, 2, 'sms', 'city', '{PHONE}', '{{\"text\": \"好\"}}', 'bot', 1,"
            " 'sent', '2026-09-18 00:00:00', '2026-09-18 00:00:00')",
        ):
            await connection.exec_driver_sql(statement)
    await protect(database)
    await protect(database)
    left = await rows(database)
    assert PHONE not in left
    assert "guest" in left
    async with database.begin() as connection:
        mine = (await claim(connection, [Address("sms", "city", PHONE)], now=NOW)).popitem()[1]
        assert (mine.id, mine.phone) == (1, PHONE)
        assert await connection.scalar(select(message.c.id).where(message.c.dedupe_key == f"{PHONE}:1:x")) == 1
    other = Database(database_url, vault=Vault.new())
    try:
        with pytest.raises(NoKeys, match="not those"):
            await protect(other)
    finally:
        await other.close()


async def test_keys_are_turned_and_nothing_is_lost(database: Database, database_url: str) -> None:
    async with database.begin() as connection:
        await claim(connection, [Address("sms", "city", PHONE), Address("sms", "city", "guest")], now=NOW)
    turned = VAULT.turned()
    newer = Database(database_url, vault=turned)
    try:
        assert await reseal(newer) == 1
        assert await reseal(newer) == 0
        assert "k2:" in await rows(newer)
    finally:
        await newer.close()
    old = Database(database_url, vault=Vault(VAULT.hash_key, VAULT.keys, again=lambda: turned))
    try:
        async with old.begin() as connection:
            found = await claim(connection, [Address("sms", "city", PHONE)], now=NOW)
        assert [one.address.peer for one in found.values()] == [PHONE], "a running hub reads the new key by itself"
    finally:
        await old.close()


def test_the_command_makes_a_file_of_keys_and_turns_them(tmp_path: Path) -> None:
    settings = tmp_path / "minsheng.toml"
    settings.write_text(
        f'[store]\nurl = "sqlite+aiosqlite:///{tmp_path}/m.db"\n[files]\nfolder = "{tmp_path}/files"\n'
        f'[channels.app.web]\njwt_secret = "{"j" * 40}"\n'
    )
    keys = tmp_path / "secrets" / "contact.keys"
    ran = CliRunner().invoke(main, ["keys", "rotate", "--config", str(settings)])
    assert ran.exit_code == 0, ran.output
    assert [line.partition(":")[0] for line in keys.read_text().splitlines()] == ["hash", "k1", "k2"]
    assert keys.stat().st_mode & 0o077 == 0
    keys.write_text(Vault.new().written())
    ran = CliRunner().invoke(main, ["outbox", "list", "--config", str(settings)])
    assert (ran.exit_code, "not those" in ran.output) == (1, True)
