"""The list of generators: a new one is a module with `generate()`, and a line here."""

from typing import Final

from docs.generators import (
    architecture,
    check_pages,
    ci_reports,
    commands,
    exit_codes,
    format_tables,
    host_table,
    messages,
    readme_parts,
    run_picture,
    tutorial,
)

_GENERATORS: Final = (
    architecture,
    check_pages,
    ci_reports,
    commands,
    exit_codes,
    format_tables,
    host_table,
    messages,
    readme_parts,
    run_picture,
)
_PLAYED: Final = (tutorial,)
PLAYED_PAGES: Final = tuple(page.PAGE for page in _PLAYED)
"""The pages whose commands are run."""
GENERATED_DIRECTORIES: Final = (check_pages.DIRECTORY,)
"""Every file in them is generated."""


def generate_all() -> dict[str, str]:
    """The text of every page with generated content, by its path relative to the checkout."""
    pages: dict[str, str] = {}
    for generator in _GENERATORS:
        pages.update(generator.generate())
    return pages


def play_all() -> dict[str, str]:
    """The text of every page that shows the output of commands, which takes seconds: they are run."""
    pages: dict[str, str] = {}
    for page in _PLAYED:
        pages.update(page.play())
    return pages
