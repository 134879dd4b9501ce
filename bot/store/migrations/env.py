"""Alembic's entry: runs migrations on the connection it is handed."""

from typing import Any, Literal

from alembic import context

from bot.store.tables import metadata
from bot.store.types import Json, Moment


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Write our own column types into a migration by their names."""
    if kind == "type" and isinstance(item, Json | Moment):
        autogen_context.imports.add("from bot.store.types import Json, Moment, RowId")
        return f"{type(item).__name__}()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    render_item=render_item,
    compare_type=False,
)
with context.begin_transaction():
    context.run_migrations()
