"""Check types: their rules and outcomes, the registry, the built-in types, and those of installed packages."""
