"""Workflows: their definition, the prerequisites of their gates, and the next command of a run."""
