"""Files below a root: opened without leaving it, read once, hashed; globs; similar names."""
