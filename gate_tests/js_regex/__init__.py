"""Regexes in JavaScript's syntax and with its meaning: read, translated, run with a limit, looked at for faults."""
