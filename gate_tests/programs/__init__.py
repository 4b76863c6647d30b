"""Programs that a contract runs: executed within limits, with their results."""
