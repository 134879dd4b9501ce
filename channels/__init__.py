"""Where citizens' words come in and our words go out, one folder per channel."""
