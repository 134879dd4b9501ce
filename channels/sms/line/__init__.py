"""A line held open to an SMS gateway: what SMPP and CMPP have in common."""
