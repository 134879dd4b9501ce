"""Every message of ours on its way out: leased, planned, fitted, sent, settled."""
