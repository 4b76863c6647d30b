"""Agents: programs that do the work, the hook that sends one back, and what they are told."""
