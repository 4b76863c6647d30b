"""The source directory of the site: the pages, with their links as the site needs them."""

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from docs.markdown.page import Link, Tag, parse, read_tags
from docs.site.dead_links import INDEX, resolve

ROOT_PAGE: Final = "docs/index.md"
"""Its headings and lists of links are the navigation."""
_PAGES_ELSEWHERE: Final = {
    "README.md": "readme.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "orchestration/README.md": "reference/orchestration.md",
    "orchestration/gates/README.md": "reference/contracts.md",
}
"""Pages outside of docs/, and where they are in the site."""
FILES: Final = "files"
"""Directory of what pages link to and is no page: the site offers it for download."""
_LINK = re.compile(r"(\]\(|^ {0,3}\[[^\]]+\]:\s+)([^\s)<>]+)")
_PICTURE_TAGS = {"picture", "source", "img", "p", "div", "a", "br"}

Places = Mapping[str, str]
"""Where each page of the checkout is in the site."""


def write_sources(checkout: Path, target: Path) -> None:
    """Writes all pages and what they show into `target`."""
    places = place_pages(checkout)
    for page, place in places.items():
        text = (checkout / page).read_text("utf-8")
        for path in _list_files(checkout, places, page, text):
            _copy(checkout / path, target / FILES / path)
        _write(target / place, rewrite(checkout, places, page, text))


def place_pages(checkout: Path) -> Places:
    """Every page of the site."""
    inside = (path.relative_to(checkout).as_posix() for path in (checkout / "docs").rglob("*.md"))
    places = {path: _place(path.removeprefix("docs/")) for path in sorted(inside)}
    return places | {page: place for page, place in _PAGES_ELSEWHERE.items() if (checkout / page).is_file()}


def rewrite(checkout: Path, places: Places, page: str, text: str) -> str:
    """The page as the site has it: links and pictures replaced, the navigation added."""
    lines = text.split("\n")
    tokens = parse(text).tokens
    code = {number for token in tokens if token.type in ("fence", "code_block") for number in range(*token.map or [0])}
    for number, line in enumerate(lines):
        if number not in code:
            lines[number] = _LINK.sub(lambda match: match[1] + _place_link(checkout, places, page, match[2]), line)
    for token in tokens:
        if token.type == "html_block" and token.map and _is_picture(tags := read_tags(token)):
            first, end = token.map
            lines[first:end] = _draw(checkout, places, page, tags) + [""] * (end - first - 1)
    return "\n".join([*lines, *_build_navigation(places, page, text)])


def _place(path: str) -> str:
    """`checks/README.md` becomes the index of its directory."""
    return path.removesuffix(INDEX) + "index.md" if path.endswith(f"/{INDEX}") else path


def _place_link(checkout: Path, places: Places, page: str, target: str) -> str:
    link = Link(target, 0)
    if link.is_external or not link.path:
        return target
    path = _find_page(checkout, resolve(page, link))
    if path not in places and not (checkout / path).is_file():
        return target
    place = os.path.relpath(places.get(path, f"{FILES}/{path}"), os.path.dirname(places[page]))
    return f"{place}#{link.anchor}" if link.anchor else place


def _find_page(checkout: Path, path: str) -> str:
    return f"{path}/{INDEX}" if (checkout / path).is_dir() else path


def _list_files(checkout: Path, places: Places, page: str, text: str) -> Iterator[str]:
    """The files that are no pages and that a page shows or links to."""
    for link in parse(text).links:
        path = resolve(page, link)
        if not link.is_external and path not in places and (checkout / path).is_file():
            yield path


def _is_picture(tags: list[Tag]) -> bool:
    names = {tag.name for tag in tags}
    return "img" in names and names <= _PICTURE_TAGS


def _draw(checkout: Path, places: Places, page: str, tags: list[Tag]) -> list[str]:
    """Directives for a picture in HTML, whose file the site would not find."""
    dark = [tag.attributes["srcset"] for tag in tags if "dark" in tag.attributes.get("media", "")]
    image = next(tag.attributes for tag in tags if tag.name == "img")
    variants = [(image["src"], "only-light"), (dark[0], "only-dark")] if dark else [(image["src"], "")]
    lines: list[str] = []
    for path, style in variants:
        place = _place_link(checkout, places, page, path)
        lines += [f"```{{figure}} {place}", f":alt: {image.get('alt', '')}", f":figclass: {style}", "```", ""]
    return ["\n".join(lines)]


def _build_navigation(places: Places, page: str, text: str) -> Iterator[str]:
    """A tree of contents that is not shown in the page: of the root page for each heading with links below it."""
    if places[page].endswith("/index.md"):
        yield from _build_tree("", ["*"], glob=True)
    elif page == ROOT_PAGE:
        for caption, entries in read_navigation(places, text).items():
            yield from _build_tree(caption, entries)


def _build_tree(caption: str, entries: list[str], *, glob: bool = False) -> Iterator[str]:
    yield from ("", "```{toctree}", ":hidden:")
    yield from (":glob:",) if glob else (f":caption: {caption}",)
    yield from ("", *entries, "```")


def read_navigation(places: Places, text: str) -> dict[str, list[str]]:
    """By heading of the root page, the items that begin with a link to a page: `label <page>`."""
    groups: dict[str, list[str]] = {}
    for heading, link in parse(text).entries:
        if place := places.get(resolve(ROOT_PAGE, link)):
            groups.setdefault(heading, []).append(f"{link.label} <{place.removesuffix('.md')}>")
    return groups


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
