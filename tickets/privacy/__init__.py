"""Who may see what of a citizen (保密): the table of rights, reveals, and what is sealed."""
