"""The mayor's mailbox (市长信箱): letters by mail and by the city's web form, answered by mail."""

from channels.adapter import Channel
from channels.capabilities import Capabilities, Rate, Route, Unit
from channels.mailbox.adapter import build
from channels.mailbox.settings import MailboxSettings, missing

CHANNEL = Channel(
    name="mailbox",
    title="市长信箱",
    capabilities=Capabilities(
        text_limit=20_000,  # ours: nobody reads more in a mail
        text_unit=Unit.CHARACTERS,
        routes=(Route.DIRECT,),
        receipts=True,  # bounces, delivery and read reports, where servers send them
        idempotent=False,  # many servers drop a second mail of the same Message-ID, none promises to
        media_in=True,
        answers_a_day=10,  # ours: RFC 3834 §2 asks for a limit; a person answers a ticket in fewer letters
        rate=Rate(per_second=2.0, burst=10),  # ours: providers count by the hour and do not publish their limits
        checked="2026-11-28",
        source="RFC 5321, 5322, 3834; protocols of 163 and QQ: channels/mailbox/README.md",
    ),
    settings=MailboxSettings,
    build=build,
    missing=missing,
)
