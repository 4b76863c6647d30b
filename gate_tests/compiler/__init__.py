"""From a contract and a run to checks with unique ids: loading and validating contracts, binding them to the run."""
