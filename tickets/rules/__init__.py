"""The provisions (条款) a policy is made of, one file for each matter they rule."""
