"""Workflows: what one says, what it requires before a gate starts, and the command that goes on with a run."""
