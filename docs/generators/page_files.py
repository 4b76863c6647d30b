"""Where the pages are, and how a generated part of a page is replaced."""

from pathlib import Path

CHECKOUT = Path(__file__).absolute().parents[2]


def read_page(path: str) -> str:
    """The text of a page, given by its path relative to the checkout."""
    return (CHECKOUT / path).read_text("utf-8")


def replace_part(page: str, name: str, content: str) -> str:
    """The page with `content` between its markers `<!-- generated: name -->` and `<!-- end: name -->`.

    Raises ValueError if it does not have them.
    """
    begin, end = f"<!-- generated: {name} -->", f"<!-- end: {name} -->"
    if begin not in page or end not in page:
        raise ValueError(f"no markers {begin} and {end}")
    return f"{page.partition(begin)[0]}{begin}\n\n{content.strip()}\n\n{end}{page.partition(end)[2]}"
