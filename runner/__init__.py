"""Remembers and drives: what happened to a run, in which order, and the commands people type."""
