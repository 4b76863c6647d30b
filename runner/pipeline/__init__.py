"""Leads a run from its first gate to its last: prompt packets, whoever works on them, verdicts."""
