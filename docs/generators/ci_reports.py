"""The formats in docs/reference/ci-reports.md, made from their table and the docstrings of their modules."""

from collections.abc import Iterator
from importlib import import_module
from itertools import groupby
from textwrap import dedent

from docs.generators.page_files import read_page, replace_part
from docs.markdown import text as markdown
from runner.reports.formats import FORMATS

PAGE = "docs/reference/ci-reports.md"


def generate() -> dict[str, str]:
    """The page with the table and the sections of the formats as they are to be."""
    page = replace_part(read_page(PAGE), "formats", build_table())
    return {PAGE: replace_part(page, "format sections", "\n\n".join(build_sections()))}


def build_table() -> str:
    """A row for each format."""
    rows = [
        (f"[`{each.name}`](#{each.name})", each.description, f"`{each.file_name}`" if each.file_name else "-")
        for each in FORMATS.values()
    ]
    return markdown.build_table(("`--format`", "what it is", "file"), rows)


def build_sections() -> Iterator[str]:
    """A section for each format: the docstring of its module."""
    for each in FORMATS.values():
        yield f"## {each.name}\n\n{format_docstring(str(import_module(each.module).__doc__))}"


def format_docstring(docstring: str) -> str:
    """The docstring in Markdown: what is indented is a block of text."""
    lines = docstring.strip().split("\n")
    groups = groupby(lines, key=lambda line: line.startswith("    ") if line else None)
    return "\n".join(_format_group(bool(is_block), "\n".join(group)) for is_block, group in groups)


def _format_group(is_block: bool, text: str) -> str:
    return f"```text\n{dedent(text)}\n```" if is_block else text
