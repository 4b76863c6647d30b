"""Work on contracts themselves: templates for new ones, explanations, lint, mutation tests."""
