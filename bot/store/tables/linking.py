"""What shows that two places are one citizen's: codes we sent to be typed back, and the links they made."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, text

from bot.store.sealed import Sealed, Tag
from bot.store.tables.metadata import metadata
from bot.store.types import Moment, RowId

UNTEXTED = text("code = '' AND used_at IS NULL")
LINKED = text("ended_at IS NULL")
"""Conditions of partial indexes; a query that carries the same words is answered from the index."""

proof = Table(
    "proof",
    metadata,
    Column("id", RowId, primary_key=True),
    # Whoever asks for the same thing twice (a message taken again) gets one code.
    Column("key", String(64), nullable=False, unique=True),
    # "phone": a citizen proves his number (绑定手机). "claim": a ticket is to be claimed in a chat (认领码).
    Column("kind", String(8), nullable=False),
    # Who asked for it; of a claim, where its ticket was opened.
    Column("conversation_id", RowId, ForeignKey("conversation.id"), nullable=False),
    Column("citizen", RowId, nullable=False),
    Column("ticket", String(32)),
    # Where the code goes, and, once typed back, what it proves.
    Column("phone", Tag(32), nullable=False),
    Column("phone_sealed", Sealed),
    Column("asked_at", Moment, nullable=False),
    # The keyed hash of the code, "" until it is drawn.
    Column("code", String(32), nullable=False, server_default=""),
    Column("until", Moment, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    # The chat that typed a claim's code: from then on no other can.
    Column("held_by", RowId),
    Column("used_at", Moment),
    Index("ix_proof_untexted", "id", sqlite_where=UNTEXTED, postgresql_where=UNTEXTED),
    Index("ix_proof_conversation", "conversation_id", "kind"),
    Index("ix_proof_phone", "phone", "asked_at"),
    Index("ix_proof_ticket", "ticket"),
    Index("ix_proof_until", "until"),
)

guess = Table(
    "guess",
    metadata,
    # Wrong codes typed in one chat since a moment: numbers of tickets can be guessed, and so could codes.
    Column("conversation_id", RowId, ForeignKey("conversation.id"), primary_key=True),
    Column("wrong", Integer, nullable=False),
    Column("since", Moment, nullable=False),
)

link = Table(
    "link",
    metadata,
    Column("id", RowId, primary_key=True),
    # "phone": the chat belongs to the citizen of that phone. "ticket": one ticket is followed in the chat.
    Column("kind", String(8), nullable=False),
    Column("conversation_id", RowId, ForeignKey("conversation.id"), nullable=False),
    # Whose the chat became, and whose it was; of a ticket's link both are the chat's.
    Column("citizen", RowId, nullable=False),
    Column("was", RowId, nullable=False),
    Column("ticket", String(32)),
    # Where the ticket was told about before.
    Column("origin", RowId),
    # The phone a claimed ticket knows, for news that cannot reach the chat.
    Column("phone", Tag(32)),
    Column("phone_sealed", Sealed),
    # "sms_code", "channel" (it vouches for the number itself), "claim_tail".
    Column("proof", String(16), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Index("ix_link_conversation", "conversation_id", sqlite_where=LINKED, postgresql_where=LINKED),
    Index("ix_link_ticket", "ticket", unique=True, sqlite_where=LINKED, postgresql_where=LINKED),
    Index("ix_link_citizen", "citizen", sqlite_where=LINKED, postgresql_where=LINKED),
)
