"""What can go wrong with a channel, each class a decision.

::

    ChannelError
     +- Refused            what came in cannot be taken; nothing is stored
     |   +- BadSignature   403: not from the provider
     |   +- Malformed      400: from the provider perhaps, but unreadable
     |   +- TooLarge       413
     +- SendError          what went out did not arrive, or we do not know
     |   +- Later          try again (``after`` seconds, or the outbox's backoff)
     |   |   +- Away       ... but nothing left, and nothing else would: the whole account rests until somebody is there
     |   +- Never          this message will not go; a person is told
     |   |   +- OptedOut   ... and nothing reaches the citizen at this address any more
     |   +- WindowClosed   not by this way (or not this template) now; the planner chooses another
     |   +- Unknown        it left, no answer came; repeated only if the provider drops repeats
     |   +- Credential     stop this account's queue and call the operator
     +- Busy               the hub's own queue is full: the provider is told to come again
"""

from __future__ import annotations


class ChannelError(Exception):
    """Anything a channel raises on purpose. The message never holds a citizen's words, an address or a secret."""


class Refused(ChannelError):
    """What came in cannot be taken."""


class BadSignature(Refused):
    """The signature is missing or wrong."""


class Malformed(Refused):
    """The body cannot be read; the message says where."""


class TooLarge(Refused):
    """The body is larger than the provider ever sends."""


class SendError(ChannelError):
    """What went out did not arrive. ``code`` is the provider's own, for the operator."""

    def __init__(self, reason: str, *, code: str = "") -> None:
        super().__init__(reason)
        self.code = code


class Later(SendError):
    """Worth another try: after ``after`` seconds, or when the outbox's backoff says if it is None."""

    def __init__(self, reason: str, *, after: float | None = None, code: str = "", whole_account: bool = False) -> None:
        super().__init__(reason, code=code)
        self.after = after
        self.whole_account = whole_account


class Away(Later):
    """The provider cannot be reached and nothing left. No message is to blame, so no message's tries are spent."""

    def __init__(self, reason: str, *, code: str = "") -> None:
        super().__init__(reason, code=code, whole_account=True)


class Never(SendError):
    """Bad content or recipient: failed for good."""


class OptedOut(Never):
    """The citizen left or refused everything, or the address is gone: nothing more goes there until something comes from
    it again. One refused template is ``WindowClosed``."""


class WindowClosed(SendError):
    """This kind of message, or this template, may not be sent to this citizen now; other ways stay open."""


class Unknown(SendError):
    """The request left and no answer came: it may have been delivered."""


class Credential(SendError):
    """Secret, permission, whitelist or balance: an operator must act."""


class Busy(ChannelError):
    """More waits than the hub can take in the provider's time; ``after`` seconds until it is worth asking again."""

    def __init__(self, reason: str, *, after: float = 1.0) -> None:
        super().__init__(reason)
        self.after = after
