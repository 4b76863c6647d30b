"""Reads from git the current commit and which files it ignores. Never writes, and runs no program but git."""
