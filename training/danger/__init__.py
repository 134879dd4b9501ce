"""Makes the weights of the sense of danger (``dialog/sense``) from examples of our own."""
