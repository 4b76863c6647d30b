"""Programs that a contract asks for: what to run, running it within limits, how it ended."""
