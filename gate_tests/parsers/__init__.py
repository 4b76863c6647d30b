"""Parsers of artifacts: headings, front matter, sources, quotations, citations, words. They judge nothing."""
