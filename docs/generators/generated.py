"""The list of generators: a new one is a module with `generate()`, and a line here."""

from typing import Final

from docs.generators import architecture, check_pages, commands, exit_codes, format_tables, host_table, messages

_GENERATORS: Final = (architecture, check_pages, commands, exit_codes, format_tables, host_table, messages)
GENERATED_DIRECTORIES: Final = (check_pages.DIRECTORY,)
"""Every file in them is generated."""


def generate_all() -> dict[str, str]:
    """The text of every page with generated content, by its path relative to the checkout."""
    pages: dict[str, str] = {}
    for generator in _GENERATORS:
        pages.update(generator.generate())
    return pages
