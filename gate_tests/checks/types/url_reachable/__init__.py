"""`url_reachable`: asks web addresses that somebody else wrote, and goes nowhere it should not."""
