"""Repositories of all kinds, in which orch is installed: their packages, their packaging, their locale."""
