"""The repository root: paths of contracts, workflows and records, valid identifiers, and the context of a run."""
