"""Tools for authors of contracts and workflows: templates, explanations, lint, mutation tests."""
