"""Orders to tickets (工单): carried out whole or not at all, written into the archive, and whom they alert."""
