"""What is kept of a citizen: his links and proofs, how he is reached, what is his own, who looked, and how it is erased."""
