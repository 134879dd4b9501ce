"""The table of the life cycle, phase by phase: each module holds its rows, and the guards and effects they name."""
