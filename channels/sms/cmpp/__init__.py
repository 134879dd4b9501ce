"""CMPP 2.0 and 3.0: China Mobile's protocol, spoken by most resellers' gateways."""
