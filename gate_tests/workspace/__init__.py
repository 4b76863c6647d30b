"""The root: where contracts, workflows and records lie, which names are valid, and what judging knows of a run."""
