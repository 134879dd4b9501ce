"""What the citizen means, what we say, and what we ask next."""
