"""What the hub does by the clock, one module a concern; ``table`` says which runs how often."""
