"""Judges: what a gate demands, and whether it is met.

Kept empty of imports: `-p gate_tests.plugin` loads it in sessions that judge no gate.
"""
