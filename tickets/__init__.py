"""What citizens asked for, who must resolve it, by when, and how well it was done."""
