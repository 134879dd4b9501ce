"""Many values in one statement whose text never changes, however many they are.

A list spelled out ("IN (?, ?, ?)") is a new statement for each length, and a database plans each one anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, JSON, Column, Dialect, Table, TypeDecorator, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from bot.store.sealed import Tag, tagged


class _List(TypeDecorator[Sequence[Any]]):
    """Values of one kind: an array on PostgreSQL, a JSON list on SQLite."""

    impl = JSON
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> Any:
        """A JSON list does not know its items' type: what is personal is hashed here, an array does it itself."""
        if value is None or dialect.name == "postgresql" or not isinstance(self.item, Tag):
            return value
        return [tagged(dialect, one, self.item.shape) for one in value]

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(self.item) if dialect.name == "postgresql" else JSON())


class among(FunctionElement[Any]):
    """``column`` is one of the values of the parameter ``name``, a list of numbers or texts.

    It has no type on purpose: of a boolean SQLAlchemy asks "= 1" on SQLite, and that hides the column's index."""

    inherit_cache = True

    def __init__(self, column: Column[Any], name: str) -> None:
        super().__init__(column, bindparam(name, type_=_List(column.type)))


@compiles(among, "postgresql")
def _any(element: among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} = ANY ({values})"


@compiles(among, "sqlite")
def _each(element: among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 -- SQLAlchemy's own renderings


async def insert_new(
    connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]], *, unless: tuple[str, ...]
) -> list[Any]:
    """Insert rows of the same columns but those that the unique columns ``unless`` have already; (id, conversation_id)
    of each that is new."""
    names = tuple(rows[0])
    if connection.dialect.name == "sqlite":
        return list(await connection.execute(_insert_each(table, unless), rows))
    columns = {f"{name}_": [row[name] for row in rows] for name in names}
    return list(await connection.execute(_insert_lists(table, names, unless), columns))


@cache
def _insert_each(table: Table, unless: tuple[str, ...]) -> Any:
    return (
        sqlite.insert(table)
        .on_conflict_do_nothing(index_elements=unless)
        .returning(table.c.id, table.c.conversation_id)
    )


@cache
def _insert_lists(table: Table, names: tuple[str, ...], unless: tuple[str, ...]) -> Any:
    lists = select(*(func.unnest(bindparam(f"{name}_", type_=ARRAY(table.c[name].type))) for name in names))
    return (
        postgresql.insert(table)
        .from_select(names, lists)
        .on_conflict_do_nothing(index_elements=unless)
        .returning(table.c.id, table.c.conversation_id)
    )
