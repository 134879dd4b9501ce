"""The page behind the link in a letter, where a citizen rates (评价)."""
