"""A simulated month of the demonstration city: citizens, units and officers at the hub's real doors, by a fast clock."""
