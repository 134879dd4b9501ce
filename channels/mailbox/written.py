"""The letter form as a citizen filled it in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

FIELDS = ("sort", "title", "body", "name", "phone", "mail", "secret")
"""The fields that make the letter; the others carry it."""


@dataclass(frozen=True, slots=True)
class Written:
    """The form as it was filled in: texts as typed. ``key`` makes a second click the same letter."""

    sort: str = ""
    title: str = field(default="", repr=False)
    body: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    mail: str = field(default="", repr=False)
    secret: str = ""
    key: str = ""
    deed: str = "send"

    def any(self) -> bool:
        """Whether anything was written."""
        return any((self.title, self.body, self.name, self.phone, self.mail, self.sort))

    def with_key(self, key: str) -> Written:
        """The same under a new key."""
        return replace(self, key=key)
