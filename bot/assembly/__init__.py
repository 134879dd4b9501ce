"""What a hub is put together from before it opens: its ground, its checks, its keys, what the clock does in it."""
