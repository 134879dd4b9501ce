"""Limits (时限): the days and hours the city works, how long something may take, and by when it must be done."""
