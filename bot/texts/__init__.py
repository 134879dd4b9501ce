"""What the house itself texts: grave alerts to officers' phones, codes to citizens'."""
