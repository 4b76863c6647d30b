"""Finds the quotations of a report, and compares them with sources as a reader sees both."""
