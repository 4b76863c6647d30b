"""What a change does to records and rules."""
