"""Reads WeChat's small XML documents, and refuses every other trick XML knows."""

from __future__ import annotations

from xml.parsers import expat

from channels.errors import Malformed

_DEPTH = 8
"""WeChat nests four deep at most."""


class Fields:
    """The children of one element by name, in document order."""

    __slots__ = ("_values",)

    def __init__(self) -> None:
        self._values: dict[str, list[str | Fields]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def add(self, name: str, value: str | Fields) -> None:
        """Add one child: its text, or its own children."""
        self._values.setdefault(name, []).append(value)

    def get(self, name: str) -> str:
        """The text of the only child of this name, without outer blanks; "" where there is none.

        Raises :class:`Malformed` where the child comes twice or holds elements.
        """
        values = self._values.get(name)
        if values is None:
            return ""
        if len(values) > 1 or not isinstance(values[0], str):
            raise Malformed(f"{name}: one text expected")
        return values[0]

    def need(self, name: str, *, longest: int = 128) -> str:
        """As :meth:`get`, but the text must be there and at most ``longest`` characters long."""
        value = self.get(name)
        if not value:
            raise Malformed(f"{name}: missing")
        if len(value) > longest:
            raise Malformed(f"{name}: too long")
        return value

    def inside(self, *path: str) -> list[Fields]:
        """Every element at the end of ``path`` that has children of its own."""
        level = [self]
        for name in path:
            level = [child for one in level for child in one._values.get(name, ()) if isinstance(child, Fields)]
        return level


class _Builder:
    """Expat's three callbacks; the root's children end up in ``root``."""

    def __init__(self) -> None:
        self.root = Fields()
        self._open: list[Fields] = []
        self._text: list[str] = []
        self._leaf = True

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        if not self._open and name != "xml":
            raise Malformed("the root element is not xml")
        if len(self._open) >= _DEPTH:
            raise Malformed("XML: nested too deep")
        self._open.append(Fields() if self._open else self.root)
        self._text.clear()
        self._leaf = True

    def end(self, name: str) -> None:
        done = self._open.pop()
        if self._open:
            self._open[-1].add(name, "".join(self._text).strip() if self._leaf else done)
        self._leaf = False

    def text(self, data: str) -> None:
        self._text.append(data)


def _refuse(*_declaration: object) -> None:
    raise Malformed("XML: document types and entities are not accepted")


def read(document: bytes) -> Fields:
    """The fields of ``<xml>…</xml>``, UTF-8. Raises :class:`Malformed` for anything else, whatever the bytes."""
    builder = _Builder()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    try:
        # Decoded first: expat would follow a UTF-16 mark against its orders.
        parser.Parse(document.decode(), True)
    except UnicodeDecodeError:
        raise Malformed("XML: not UTF-8") from None
    except expat.ExpatError as error:
        raise Malformed(f"XML: {expat.ErrorString(error.code)}, line {error.lineno}") from None
    return builder.root
