"""The site has every page, with links that work in it, and fetches nothing from elsewhere."""

from pathlib import Path

import pytest

from docs.markdown.page import read
from docs.site.dead_links import resolve
from docs.site.offline import find_requests, read_html
from docs.site.sources import ROOT_PAGE, place_pages, read_navigation, rewrite, write_sources
from tests.support import CHECKOUT

PAGES = {
    "README.md": "# Read me\n\n[Index](docs/index.md#words)\n",
    "orchestration/gates/README.md": "# Contracts\n\n[Checks](../../docs/reference/checks/README.md)\n",
    "docs/index.md": (
        "# Index\n\n## How-to\n\n- [In `CI`](how-to/ci.md): all\n- [Contracts](../orchestration/gates/README.md)\n"
    ),
    "docs/how-to/ci.md": "# CI\n",
    "docs/reference/checks/README.md": "# Checks\n",
}  # fmt: skip


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small tree of pages, with a file that is none."""
    for path, text in {**PAGES, "pyproject.toml": "[project]\n", "docs/run.svg": "<svg/>"}.items():
        (tmp_path / "checkout" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "checkout" / path).write_text(text, "utf-8")
    return tmp_path / "checkout"


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("page", "written", "in_the_site"),
    [
        pytest.param("README.md", "[a](docs/how-to/ci.md)", "[a](how-to/ci.md)", id="page"),
        pytest.param("README.md", "[a](docs/how-to/ci.md#x)", "[a](how-to/ci.md#x)", id="heading"),
        pytest.param("docs/how-to/ci.md", "[a](../../README.md)", "[a](../readme.md)", id="page outside"),
        pytest.param("docs/how-to/ci.md", "[a]\n\n[a]: ../index.md", "[a]\n\n[a]: ../index.md", id="by reference"),
        pytest.param("docs/how-to/ci.md", "[a](../reference/checks/)", "[a](../reference/checks/index.md)", id="dir"),
        pytest.param("docs/index.md", "[a](../pyproject.toml)", "[a](files/pyproject.toml)", id="file"),
        pytest.param("docs/index.md", "![a](run.svg)", "![a](files/docs/run.svg)", id="image"),
        pytest.param("docs/index.md", "[a](https://example.org)", "[a](https://example.org)", id="URL"),
        pytest.param("docs/index.md", "`[a](x.md)`", "`[a](x.md)`", id="code"),
        pytest.param("docs/index.md", "```md\n[a](../README.md)\n```", "```md\n[a](../README.md)\n```", id="block"),
    ],
)
def test_a_link_is_rewritten_for_the_site(checkout: Path, page: str, written: str, in_the_site: str) -> None:
    assert rewrite(checkout, place_pages(checkout), page, written).partition("\n\n```{toctree}")[0] == in_the_site


def test_a_picture_for_light_and_dark_screens_becomes_two(checkout: Path) -> None:
    picture = (
        '<picture>\n<source media="(prefers-color-scheme: dark)" srcset="docs/run.svg">\n'
        '<img alt="A run" src="docs/run.svg">\n</picture>\n\nText'
    )
    text = rewrite(checkout, place_pages(checkout), "README.md", picture)
    assert "picture" not in text
    assert [line for line in text.splitlines() if line.startswith(":figclass:")] == [
        ":figclass: only-light",
        ":figclass: only-dark",
    ]
    assert text.count("```{figure} files/docs/run.svg\n:alt: A run\n") == 2


def test_what_pages_show_and_link_to_is_copied(checkout: Path, tmp_path: Path) -> None:
    (checkout / "docs/how-to/ci.md").write_text("![a](../run.svg) [b](../../pyproject.toml)\n", "utf-8")
    write_sources(checkout, tmp_path / "site")
    written = {
        path.relative_to(tmp_path / "site").as_posix() for path in (tmp_path / "site").rglob("*") if path.is_file()
    }
    assert written == {
        "index.md", "readme.md", "how-to/ci.md", "reference/contracts.md", "reference/checks/index.md",
        "files/docs/run.svg", "files/pyproject.toml",
    }  # fmt: skip


def test_the_navigation_is_the_lists_of_the_index(checkout: Path) -> None:
    assert read_navigation(place_pages(checkout), PAGES["docs/index.md"]) == {
        "How-to": ["In CI <how-to/ci>", "Contracts <reference/contracts>"]
    }


def test_the_index_leads_to_every_page_but_those_of_single_checks() -> None:
    places = place_pages(CHECKOUT)
    navigation = read_navigation(places, (CHECKOUT / "docs/index.md").read_text("utf-8"))
    listed = {
        entry.rpartition("<")[2].removesuffix(">") + ".md" for entries in navigation.values() for entry in entries
    }
    pages = {place for place in places.values() if not place.startswith("reference/checks/")}
    assert pages - listed - {"index.md"} == set()


def test_the_index_calls_each_page_by_its_heading() -> None:
    entries = [(link.label, CHECKOUT / resolve(ROOT_PAGE, link)) for _, link in read(CHECKOUT / ROOT_PAGE).entries]
    pages = {label: path for label, path in entries if path != CHECKOUT / "README.md"}  # its heading is only a name
    assert {label: read(path).title for label, path in pages.items()} == {label: label for label in pages}


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("html", "fetched"),
    [
        ('<script src="https://cdn.example.org/a.js"></script>', ["https://cdn.example.org/a.js"]),
        ('<link rel="stylesheet" href="//cdn.example.org/a.css">', ["//cdn.example.org/a.css"]),
        ("<style>a { background: url(https://example.org/a.png) }</style>", ["https://example.org/a.png"]),
        ('<img src="_images/a.svg"><a href="https://example.org">elsewhere</a>', []),
        ('<link rel="canonical" href="https://example.org/a.html">', []),
    ],
)
def test_what_a_page_fetches_from_elsewhere_is_found(html: str, fetched: list[str]) -> None:
    assert read_html(html) == fetched


def test_fonts_that_a_style_sheet_fetches_are_found(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text('@import "https://fonts.example.org/x.css"; a { src: url(b.woff) }', "utf-8")
    assert find_requests(tmp_path) == ["a.css: fetches https://fonts.example.org/x.css"]
