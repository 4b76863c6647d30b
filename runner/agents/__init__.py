"""Agents: the worker that runs their programs, their stop hook, and their instructions."""
