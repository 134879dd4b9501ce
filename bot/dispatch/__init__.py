"""Who leads (派单): advice to the dispatcher, what it learns by, the catalogue's changes, the paper for those who rule."""
