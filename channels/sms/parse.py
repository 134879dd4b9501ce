"""A provider's push as a Batch: several replies and reports in one call, told apart by their shape."""

from __future__ import annotations

from channels.errors import Malformed
from channels.message import Batch, Inbound, Receipt
from channels.payload import Payload
from channels.sms.provider import Provider

UNREADABLE = "unreadable"


def parse(body: bytes, *, provider: Provider, account: str) -> Batch:
    """Read one push. Raises :class:`Malformed` where nothing in it can be read.

    One bad item does not cost its neighbours their place: the provider repeats the whole push or nothing. It is
    listed in ``Batch.ignored``, so that it is counted.
    """
    messages: list[Inbound] = []
    receipts: list[Receipt] = []
    problems: list[Malformed] = []
    for item in Payload.from_json(body).each():
        try:
            if provider.is_reply(item):
                messages.append(provider.inbound(item, account=account))
            else:
                receipts.append(provider.receipt(item, account=account))
        except Malformed as problem:
            problems.append(problem)
    if problems and not messages and not receipts:
        raise problems[0]
    return Batch(tuple(messages), tuple(receipts), ignored=(UNREADABLE,) * len(problems))
