"""The hub's address on the network: providers' calls, health, figures, pages."""
