"""The manners of the two databases: errands, many values at once, errors told apart, statistics, notices."""
