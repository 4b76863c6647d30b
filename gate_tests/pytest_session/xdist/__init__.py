"""pytest-xdist in a session that a user started: which worker runs what, and that all have seen the same files."""
