"""Which links of the Markdown files lead nowhere, on GitHub."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from docs.markdown.page import Link, read

_DIRECTORIES = ("docs", "orchestration", ".github")
_ARTIFACTS = "orchestration/gates/examples"
"""Their Markdown is what checks are tried on, not documentation."""
INDEX = "README.md"
"""What GitHub shows of a directory."""


def list_markdown(checkout: Path) -> list[str]:
    """The documentation, as paths relative to the checkout: Markdown at the top and in the directories of pages."""
    files = [*checkout.glob("*.md"), *(path for name in _DIRECTORIES for path in (checkout / name).rglob("*.md"))]
    paths = (path.relative_to(checkout).as_posix() for path in files)
    return sorted(path for path in paths if not path.startswith(f"{_ARTIFACTS}/"))


def find_dead_links(checkout: Path) -> list[str]:
    """A line for each link that leads nowhere: the page, the line, what is wrong."""
    return [line for path in list_markdown(checkout) for line in _check_page(checkout, path)]


def resolve(page: str, link: Link) -> str:
    """The path that a link of `page` leads to; both are relative to the checkout. `..` first: outside of it."""
    if not link.path:
        return page
    return os.path.normpath(os.path.join(os.path.dirname(page), unquote(link.path)))


def _check_page(checkout: Path, path: str) -> Iterator[str]:
    for link in read(checkout / path).links:
        if not link.is_external and (problem := _find_problem(checkout, path, link)):
            yield f"{path}:{link.line}: {link.target}: {problem}"


def _find_problem(checkout: Path, page: str, link: Link) -> str | None:
    target = resolve(page, link)
    if link.path.startswith("/") or target.startswith(".."):
        return "is not a path inside the repository"
    if not _exists(checkout, target):
        return "does not exist"
    is_directory = (checkout / target).is_dir()
    path = checkout / target / INDEX if is_directory else checkout / target
    if is_directory and not path.is_file():
        return f"is a directory without {INDEX}, so the site cannot show it"
    if not link.anchor:
        return None
    if path.suffix != ".md" or not path.is_file():
        return "only a page has anchors"
    return None if link.anchor in read(path).anchors else "the page has no such anchor"


def _exists(checkout: Path, target: str) -> bool:
    """Also on a file system that ignores letter case, which GitHub does not."""
    path = checkout / target
    return path.exists() and (target == "." or path.name in os.listdir(path.parent))
