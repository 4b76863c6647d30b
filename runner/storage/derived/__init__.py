"""What a record says twice, and what follows from its attempts: whether it agrees with itself."""
