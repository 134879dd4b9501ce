"""How the city's knowledge is kept true: versions, reviews, gaps, reports, and who is told."""
