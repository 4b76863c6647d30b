"""`orch ci`: which runs a change concerns, and lint, verification and checks of them with one result."""
