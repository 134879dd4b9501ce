"""What every command shares: which settings file, and how a failure is told."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

import click

from channels.errors import SendError

if TYPE_CHECKING:
    from bot.services import Services
    from bot.settings import Settings

P = ParamSpec("P")

config = click.option(
    "--config",
    "config_path",
    envvar="MINSHENG_CONFIG",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Settings file; without it the embedded default (demonstration city, SQLite under var/).",
)


def settings_from(path: Path | None) -> Settings:
    """The settings, or a clean end with everything that is wrong."""
    from bot.assembly.embedded import embedded
    from bot.settings import BadSettings, load

    try:
        return load(path, os.environ, default=None if path else embedded(Path("var")))
    except BadSettings as error:
        raise click.ClickException(str(error)) from None


def awaited(command: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Run an async command; an error the operator can mend is told without a traceback."""

    @wraps(command)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(command(*args, **kwargs))

    return told(wrapper)


def told(command: Callable[P, None]) -> Callable[P, None]:
    """An error the operator can mend is told without a traceback."""

    @wraps(command)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (LookupError, ValueError) as error:
            raise click.ClickException(str(error)) from None
        except OSError as error:
            raise click.ClickException(f"{error}; minsheng check looks at everything a hub needs") from None
        except SendError as error:
            code = f" ({error.code})" if error.code else ""
            raise click.ClickException(f"the provider did not take it: {error}{code}") from None
        except Exception as error:
            if (said := _database_told(error)) is None:
                raise
            raise click.ClickException(said) from None

    return wrapper


def _database_told(error: Exception) -> str | None:
    """What to say when the database is the reason, without its words: they may hold a password or a citizen's name."""
    from sqlalchemy.exc import SQLAlchemyError

    if not isinstance(error, SQLAlchemyError):
        return None
    return f"the database did not work ({type(error).__name__}); minsheng check says more"


@asynccontextmanager
async def opened(path: Path | None) -> AsyncIterator[Services]:
    """The house without its workers: for commands that do one thing and leave."""
    from bot.services import build
    from bot.store.migrating import migrate
    from bot.store.protecting import protect

    settings = settings_from(path)
    await migrate(settings.house.store.url)
    services = build(settings)
    try:
        await protect(services.database)
        yield services
    finally:
        for account in services.accounts:
            await account.adapter.close()
        await services.http.close()
        await services.database.close()
