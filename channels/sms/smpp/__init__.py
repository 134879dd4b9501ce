"""SMPP 3.4: the protocol of most SMS centres in the world."""
