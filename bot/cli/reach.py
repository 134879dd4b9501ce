"""``menu``, ``qr`` and ``templates``: what an account shows its citizens, and what it may send them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.options import awaited, config, opened

if TYPE_CHECKING:
    from bot.accounts import Account
    from bot.services import Services
    from channels.account import MenuEntry
    from tickets.places import District

of_account = click.option("--account", "named", default="", help="Which one, as folder.name (wechat.city).")


def _offering(services: Services, offers: type[Any], named: str) -> tuple[Account, Any]:
    """The account ``named``, or the only one that ``offers`` this, and its adapter as that. Raises LookupError."""
    able = {f"{one.channel.name}.{one.name}": one for one in services.accounts if isinstance(one.adapter, offers)}
    if named and named not in able:
        raise LookupError(f"{named} 没有这项功能或没有配置 (cannot do this, or is not configured)")
    if not able:
        raise LookupError("没有具备这项功能的账号 (no configured account can do this)")
    if not named and len(able) > 1:
        raise LookupError(f"请用 --account 指定 (say which): {', '.join(able)}")
    account = able[named or next(iter(able))]
    return account, account.adapter


@click.group()
def menu() -> None:
    """账号菜单 (the menu below an account's conversations, 自定义菜单)."""


@menu.command()
@of_account
@click.option("--live", is_flag=True, help="Also ask the provider what the account shows now.")
@config
@awaited
async def show(*, named: str, live: bool, config_path: Path | None) -> None:
    """What a push would show, where each tap leads, and what is wrong with it."""
    from channels.account import Menued

    async with opened(config_path) as services:
        _, adapter = _offering(services, Menued, named)
        entries, source = _menu_of(adapter)
        click.echo(source)
        _print_menu(entries)
        if live:
            shown = await adapter.shown_menu()
            click.echo("线上菜单 (on the account now):" if shown else "线上没有菜单 (the account shows none)")
            _print_menu(shown)
        faults = adapter.menu_faults(entries)
    for fault in faults:
        click.echo(f"✗ {fault}")
    if faults:
        raise click.exceptions.Exit(1)


@menu.command()
@of_account
@config
@awaited
async def push(named: str, config_path: Path | None) -> None:
    """Show it on the account, instead of what is there."""
    from channels.account import Menued

    async with opened(config_path) as services:
        account, adapter = _offering(services, Menued, named)
        entries, source = _menu_of(adapter)
        await adapter.push_menu(entries)
    click.echo(source)
    _print_menu(entries)
    click.echo(f"已推送到 {account.channel.name}.{account.name},手机上几分钟内更新 (pushed)")


def _menu_of(adapter: Any) -> tuple[Sequence[MenuEntry], str]:
    from dialog.account_menu import default_menu

    if adapter.menu:
        return adapter.menu, "配置的菜单 (the menu of the settings):"
    return default_menu(), "默认菜单 (the hub's own; write [[channels.….menu]] to have another):"


def _print_menu(entries: Sequence[MenuEntry], indent: str = "  ") -> None:
    from dialog.account_menu import leads

    for one in entries:
        told = one.name
        if one.key:
            told += f" → “{one.key}” {leads(one.key) or '✗ 没有对应的服务 (leads nowhere)'}"
        elif one.link:
            told += f" → {one.link}"
        click.echo(indent + told)
        _print_menu(one.entries, indent + "  ")


@click.group()
def qr() -> None:
    """带参数二维码 (codes on posters: each tells which one was scanned)."""


@qr.command()
@click.option("--district", default="", help="The district whose office puts it up, by name or code; none: the city.")
@click.option("--where", "place", required=True, help="Where it hangs, for the figures.")
@click.option("--days", type=click.IntRange(min=1), help="How long it is good for; without it for ever.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Where to save the picture.")
@of_account
@config
@awaited
async def create(
    *, district: str, place: str, days: int | None, out: Path | None, named: str, config_path: Path | None
) -> None:
    """Make one, save its picture, and count from now on what it brings."""
    from bot.store import posters
    from channels.account import Scanned

    if not 0 < len(place) <= 200:
        raise ValueError("--where has 1 to 200 characters")
    async with opened(config_path) as services:
        account, adapter = _offering(services, Scanned, named)
        code = _district(services.city.talk.districts, district)
        scene = f"{code or 'city'}-{secrets.token_hex(4)}"
        file = out or Path(f"qr-{scene}.jpg")
        if file.exists():
            raise ValueError(f"{file} is there already; name another with --out")
        lasts = timedelta(days=days) if days else None
        made = await adapter.code(scene, lasts=lasts)
        now = services.now()
        poster = posters.Poster(
            channel=account.channel.name,
            account=account.name,
            scene=scene,
            district=code,
            place=place,
            url=made.url,
            created_at=now,
            ends_at=now + lasts if lasts else None,
        )
        async with services.database.begin() as connection:
            await posters.add(connection, poster)
    click.echo(f"{scene}\t{district or '全市'}\t{place}\n  {made.url}")
    if made.picture:
        file.write_bytes(made.picture)
        click.echo(f"  图片已保存 (picture saved): {file}")
    else:
        click.echo(
            "  没有取到图片,可用任何工具把上面的网址做成二维码 (no picture came: draw a code of the address above)"
        )


def _district(districts: Sequence[District], named: str) -> str:
    """The code of the district ``named`` by code, name or other name. Raises LookupError."""
    if not named:
        return ""
    found = next((one.code for one in districts if named in (one.code, one.name, *one.aliases)), None)
    if found is None:
        raise LookupError(f"没有这个区县 (no such district): {named}; {'、'.join(one.name for one in districts)}")
    return found


@qr.command("list")
@config
@awaited
async def list_(config_path: Path | None) -> None:
    """Every code: where it hangs, and how many scans, new followers and tickets it brought."""
    from bot.store import posters

    async with opened(config_path) as services:
        names = {one.code: one.name for one in services.city.talk.districts}
        async with services.database.read() as connection:
            found = await posters.listed(connection)
    for one in found:
        ends = f"\t至 {one.ends_at:%Y-%m-%d}" if one.ends_at else ""
        click.echo(
            f"{one.scene}\t{names.get(one.district, one.district) or '全市'}\t{one.place}\t"
            f"扫码 {one.scans}\t新关注 {one.follows}\t诉求 {one.tickets}{ends}"
        )


@click.command()
@of_account
@config
@awaited
async def templates(named: str, config_path: Path | None) -> None:
    """通知模板 (compare the configured templates with the account's own, and count who gave leave for which)."""
    from bot.store.citizens import permits
    from channels.account import Registered

    async with opened(config_path) as services:
        account, adapter = _offering(services, Registered, named)
        faults = await adapter.template_faults()
        async with services.database.read() as connection:
            given = await permits.totals(connection)
    mine = account.channel.name, account.name
    for one in given:
        if (one.channel, one.account) == mine:
            click.echo(
                f"{one.template}\t市民 {one.citizens}\t授权 {one.granted}\t拒绝 {one.declined}\t"
                f"取消 {one.revoked}\t可发 {one.left}"
            )
    for fault in faults:
        click.echo(f"✗ {fault}")
    if faults:
        raise click.exceptions.Exit(1)
    click.echo(f"✓ {mine[0]}.{mine[1]} 的模板与账号一致 (the configured templates are as the account has them)")
