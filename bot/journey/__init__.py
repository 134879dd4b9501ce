"""The way of a message through the hub: in by a hook, a poll or our own door, thought about, stored, answered."""
