"""Tools for authors of contracts: templates, explanations, lint, mutation tests."""
