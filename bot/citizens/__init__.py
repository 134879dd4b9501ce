"""Who a citizen is, and what is his: proofs and links, reveals, his own data, and how long it is kept."""
