"""Runs a workflow from its first gate to its last: prompt packets, workers, verdicts."""
