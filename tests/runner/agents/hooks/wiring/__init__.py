"""How hooks are wired."""
