"""How fast the hub is, always as a ratio to floors measured in the same run: machines are shared and noisy."""
