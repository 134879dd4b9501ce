"""What officers read in lists: alarms, calls, tickets, supervisions; and which of it each may see."""
