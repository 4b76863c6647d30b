"""Diagnoses an installation and its surroundings."""
