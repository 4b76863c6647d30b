"""How fast, against what: `python -m benchmarks`."""
