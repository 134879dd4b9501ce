"""How moments, JSON and row ids are kept, alike on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

RowId = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite numbers rows by itself only in a column called exactly INTEGER."""


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC. A naive one is refused: nobody can say what it meant.

    SQLite keeps it as text, "2026-11-23 08:00:00.000000": it sorts as it should."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """How a moment goes into a statement. One plain function each: a busy hub binds thousands a second."""
        return _as_text if dialect.name == "sqlite" else _aware

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """How it comes back. PostgreSQL's driver gives aware datetimes in UTC itself."""
        return _from_text if dialect.name == "sqlite" else None


def _aware(value: datetime | None) -> datetime | None:
    if value is not None and value.tzinfo is None:
        raise ValueError("a datetime without a time zone cannot be stored")
    return value


def _as_text(value: datetime | None) -> str | None:
    if (moment := _aware(value)) is None:
        return None
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)


class Json(TypeDecorator[Any]):
    """A JSON value: JSONB on PostgreSQL, text on SQLite. None is SQL NULL."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(JSONB(none_as_null=True))
        return dialect.type_descriptor(JSON(none_as_null=True))
