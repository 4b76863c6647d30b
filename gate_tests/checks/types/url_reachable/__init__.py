"""Asks web addresses that somebody else wrote whether they answer, and goes nowhere it should not."""
