"""Check types that installed packages bring: how they are defined, found and run."""
