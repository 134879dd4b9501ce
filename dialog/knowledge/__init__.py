"""What the city may answer: entries, where they come from, how they are found, and when they are said."""
