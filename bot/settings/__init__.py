"""What an operator writes down, read once at the start and never changed while the hub runs."""

from bot.settings.model import AccountSettings, Settings
from bot.settings.problems import BadSettings, Problem
from bot.settings.reading import load

__all__ = ["AccountSettings", "BadSettings", "Problem", "Settings", "load"]
