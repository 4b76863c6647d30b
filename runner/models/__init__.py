"""Records: runs, attempts, invocations and events as JSON has them, and the state machine that changes them.

They are named tuples, of which thousands are quick to make. Attempt is a dataclass because not all of its fields count
in a comparison.
"""
