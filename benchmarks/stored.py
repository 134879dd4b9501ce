"""Fills a database with a hub's past: so many messages and replies of ten thousand citizens."""

from __future__ import annotations

from sqlalchemy import text

from bot.store.engine import Database

CITIZENS = 10_000
_AT = "'2026-01-01 00:00:00'"
_PAST = (
    """
    INSERT INTO conversation (channel, account, peer, citizen, memory, last_seq, created_at, updated_at)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :citizens)
    SELECT 'wechat', 'city', 'oPast' || i, i, '{}', :each * 2, {at}, {at} FROM n
    """,
    """
    INSERT INTO message (conversation_id, seq, channel, account, dedupe_key, kind, text, sent_at, received_at)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :each)
    SELECT c.id, n.i * 2, 'wechat', 'city', 'msg:' || c.peer || ':' || n.i, 'text', '门口的路灯不亮了，请尽快维修', {at}, {at}
    FROM conversation c, n WHERE c.peer LIKE 'oPast%'
    """,
    """
    INSERT INTO outbox (key, conversation_id, seq, channel, account, peer, body, sender, priority, in_reply_to, state,
                        route, not_before, created_at)
    SELECT 'r:' || m.id, m.conversation_id, m.seq + 1, 'wechat', 'city', c.peer, '{"text":"已受理"}', 'bot', 1, m.id,
           'sent', 'inline', {at}, {at}
    FROM message m JOIN conversation c ON c.id = m.conversation_id
    """,
)


async def fill(url: str, messages: int) -> None:
    """Write ``messages`` messages and as many replies, long settled."""
    database = Database(url)
    for statement in _PAST:
        wanted = {"citizens": CITIZENS, "each": messages // CITIZENS}
        async with database.begin() as connection:
            sql = statement.replace("{at}", f"CAST({_AT} AS timestamptz)" if not database.sqlite else _AT)
            sql = (
                sql.replace("'{}'", "CAST('{}' AS jsonb)").replace(
                    '\'{"text":"已受理"}\'', 'CAST(\'{"text"\\:"已受理"}\' AS jsonb)'
                )
                if not database.sqlite
                else sql.replace('"text":"', '"text"\\:"')
            )
            needed = {name: value for name, value in wanted.items() if f":{name}" in sql}
            await connection.execute(text(sql), needed)
    async with database.begin() as connection:
        await connection.execute(text("ANALYZE"))
    await database.close()
