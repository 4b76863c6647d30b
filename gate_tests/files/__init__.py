"""Files under a root: opened without leaving it, read once, hashed; globs and spelled names."""
