"""`orch ci`: where its reports go, and what it prints."""
