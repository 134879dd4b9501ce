"""Persons in a conversation (人工): who is on duty, who took it over, what a unit writes, whom to call back."""
