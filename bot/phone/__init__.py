"""The telephone's room: what calls add up to, whose desk they ring at, what is registered, and who is called into them."""
