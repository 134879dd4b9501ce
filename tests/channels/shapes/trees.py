"""JSON and XML of a provider's own shape, with other values in some of its places."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from typing import Any
from xml.etree import ElementTree

from hypothesis import strategies as st

_NASTY = (
    "",
    "0",
    "-1",
    "1e400",
    "NaN",
    "9" * 19,
    "13800138000",
    "true",
    "null",
    "\0",
    "\ud800",
    "\u202e路灯🙂",
    "A" * 5000,
)
_TIMES = (
    "9999-12-31T23:59:59+00:00",
    "0001-01-01T00:00:00Z",
    "2026-01-01 08:00:00",
    "0001-01-01 00:00:00",
    "9999-12-31 23:59:59",
    "2026-02-30 25:61:61",
)
_EDGES = (0, -1, 2**31, 2**53, 2**63, 10**17, 253402300799, -62135596800)
TEXT = st.text(max_size=30) | st.sampled_from((*_NASTY, *_TIMES))
_NUMBER = st.integers() | st.floats() | st.sampled_from(_EDGES)
_ANY = st.recursive(
    st.none() | st.booleans() | _NUMBER | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """(container, key) of everything in it."""
    for key in tree if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ():
        yield tree, key
        yield from _places(tree[key])


@st.composite
def of_json(draw: Callable[..., Any], seeds: Sequence[bytes]) -> bytes:
    """A sample with some of its values another one's, of another kind, or gone."""
    tree = [json.loads(draw(st.sampled_from(seeds)))]
    for _ in range(draw(st.integers(1, 4))):
        container, key = draw(st.sampled_from(list(_places(tree))))
        what = draw(st.sampled_from(["any", "any", "borrowed", "gone"]))
        if what == "gone" and container is not tree:
            del container[key]
        elif what == "borrowed":
            container[key] = draw(st.sampled_from([other[at] for other, at in _places(deepcopy(tree))]))
        else:
            container[key] = draw(_ANY)
    return json.dumps(tree[0]).encode()


@st.composite
def of_xml(draw: Callable[..., Any], seeds: Sequence[bytes]) -> bytes:
    """A sample with some of its elements rewritten, renamed, doubled, put into themselves, or gone."""
    root = ElementTree.fromstring(draw(st.sampled_from(seeds)))
    names = sorted({one.tag for seed in seeds for one in ElementTree.fromstring(seed).iter()})
    for _ in range(draw(st.integers(1, 4))):
        if not len(root):
            break
        parent = draw(st.sampled_from([one for one in root.iter() if len(one)]))
        child = draw(st.sampled_from(list(parent)))
        what = draw(st.sampled_from(["text", "text", "tag", "double", "inside", "gone"]))
        if what == "text":
            child.text = draw(TEXT).encode("utf-8", "replace").decode()
        elif what == "tag":
            child.tag = draw(st.sampled_from(names))
        elif what == "gone":
            parent.remove(child)
        else:
            (parent if what == "double" else child).append(deepcopy(child))
    return ElementTree.tostring(root, encoding="utf-8")
