"""``python -m bot`` is the command ``minsheng``."""

from bot.cli import main

main()
