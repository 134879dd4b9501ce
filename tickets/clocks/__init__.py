"""What time alone brings about (到期): cards, supervision earned, silence, and when to look again."""
