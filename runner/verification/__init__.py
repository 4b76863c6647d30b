"""Verifies that records and the files that they describe are still what they were."""
