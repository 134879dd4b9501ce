"""Takes out of a text what tells who the citizen is (脱敏): numbers, addresses below the building, names, ages, posts."""

from tickets.scrub.ends import ends
from tickets.scrub.engine import Hit, Trace, find, masked, scrub

__all__ = ["Hit", "Trace", "ends", "find", "masked", "scrub"]
