"""The archive: every table, every query, on SQLite and PostgreSQL alike."""
