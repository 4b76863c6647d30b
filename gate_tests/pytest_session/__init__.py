"""Contracts as pytest nodes: collection, hooks, and `pytest --gate` as a user types it."""
