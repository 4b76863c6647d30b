"""Parses Markdown into blocks of text as a reader sees them: the one judge of what is code, a comment, a heading."""

from typing import Final

MARKDOWN_SUFFIXES: Final = (".md", ".markdown", ".mdown", ".mdx", ".qmd", ".rmd")
"""Of file names in lower case."""


def is_markdown(path: str) -> bool:
    """Whether the file at `path` is Markdown, by its name."""
    return path.lower().endswith(MARKDOWN_SUFFIXES)
