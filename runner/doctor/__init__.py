"""What `orch doctor` looks at: the installation, the root and what it lies in."""
