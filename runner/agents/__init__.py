"""Agents: their commands, the worker that runs them, their hooks and instructions, and notifications."""
