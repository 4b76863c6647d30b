"""Finds what in a report cites a file of the repository: paths with lines, links, and paths in backticks."""
