"""The mutation test of a contract: each check of its gate must be able to fail."""
