"""`orch verify`: what it is asked, in which order it verifies, and what it prints."""
