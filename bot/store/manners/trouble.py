"""What a database's error means: run it again, the values were wrong, or the database itself is in trouble."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

DEADLOCKS = frozenset({"40P01", "40001"})
"""SQLSTATEs that mean: two transactions crossed, run this one again."""
THE_VALUES_THEMSELVES = frozenset({"21", "22", "23", "42"})
"""Classes of SQLSTATE that mean the statement or its values were wrong. Every other one is the database's trouble, and
on PostgreSQL arrives as a plain DBAPIError: a full disk, a closed database, too many connections."""
ATTEMPTS = 4

Result = TypeVar("Result")


async def again_if_crossed(transact: Callable[[], Awaitable[Result]]) -> Result:
    """Run a whole transaction, a few times more if it crossed another one."""
    for _ in range(ATTEMPTS - 1):
        try:
            return await transact()
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", "") not in DEADLOCKS:
                raise
    return await transact()


def storage_is_down(error: Exception) -> bool:
    """Told apart from bad values: the connection is gone, the disk is full, the file is locked or read-only."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, OSError | TimeoutError | PoolTimeout)
    if error.connection_invalidated:
        return True
    if state := getattr(error.orig, "sqlstate", None):
        return state[:2] not in THE_VALUES_THEMSELVES
    # Without an SQLSTATE it is SQLite, or asyncpg refusing a value before it left (a ValueError underneath).
    return isinstance(error, OperationalError | InterfaceError) and not isinstance(
        getattr(error.orig, "__cause__", None), ValueError
    )
