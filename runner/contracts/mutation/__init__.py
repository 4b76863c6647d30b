"""The kill test: whether each check of a gate can fail at all."""
