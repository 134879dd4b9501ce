"""「我的不一样」: a citizen whose appeal was joined with those of others takes it out again, whenever he likes."""

from __future__ import annotations

from dialog.acts import StandAlone
from dialog.flow import Flow, Talk
from dialog.flows.mine import named
from dialog.turn import Turn
from tickets.number import tail


def ask(talk: Talk) -> Turn | None:
    """The named ticket, or the latest that was joined; where none was, the words are somebody else's to read."""
    joined = [one for one in talk.view.tickets if one.parent]
    one = named(talk.text, joined) or (joined[0] if joined else None)
    if one is None:
        return None
    due = talk.phrases("family.due", due=talk.date(one.due_at)) if one.due_at else ""
    return talk.reply("family.apart", acts=[StandAlone(one.number, one.parent)], tail=tail(one.number), due=due)


FLOW = Flow("family", begins={"different": ask})
