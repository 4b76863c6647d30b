"""Looks at an installation and its surroundings, and says what keeps `orch` from working well."""
