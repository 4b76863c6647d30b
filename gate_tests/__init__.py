"""Judges: what a gate demands, and whether it is met.

Kept empty of imports: pytest loads `gate_tests.plugin` in every session on the machine.
"""
