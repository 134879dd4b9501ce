"""Units' experts in conversations (三方通话): who is on duty, the sessions, and what they leave."""
