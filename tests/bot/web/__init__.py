"""The front doors, over real sockets and both databases."""
