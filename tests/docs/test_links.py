"""No link in the documentation leads nowhere, on GitHub."""

import re
from pathlib import Path

import pytest

from docs.markdown.page import parse, read
from docs.site.dead_links import find_dead_links, list_markdown
from tests.support import CHECKOUT


def test_every_link_to_a_file_or_heading_leads_somewhere() -> None:
    assert {"README.md", "docs/index.md", "orchestration/gates/README.md"} <= {*list_markdown(CHECKOUT)}
    dead = find_dead_links(CHECKOUT)
    assert not dead, "\n".join(dead)


def test_no_link_is_called_by_the_name_of_a_file_but_for_those_that_projects_have() -> None:
    labels = [(path, link.label) for path in list_markdown(CHECKOUT) for link in read(CHECKOUT / path).links]
    known = ("CHANGELOG.md", "CONTRIBUTING.md", "README.md", "SECURITY.md")
    assert [(path, label) for path, label in labels if label.endswith(".md") and not label.endswith(known)] == []


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("link", "problem"),
    [
        pytest.param("[a](gone.md)", "does not exist", id="no file"),
        pytest.param("[a][b]\n\n[b]: gone.md", "does not exist", id="link by reference"),
        pytest.param("![a](gone.svg)", "does not exist", id="image"),
        pytest.param('<img src="gone.svg">', "does not exist", id="image in HTML"),
        pytest.param('<source srcset="gone.svg">', "does not exist", id="picture in HTML"),
        pytest.param("[a](Other.md)", "does not exist", id="letter case"),
        pytest.param("[a](../../x.md)", "is not a path inside the repository", id="outside"),
        pytest.param("[a](/docs/other.md)", "is not a path inside the repository", id="absolute"),
        pytest.param("[a](#gone)", "the page has no such anchor", id="anchor of the page"),
        pytest.param("[a](other.md#gone)", "the page has no such anchor", id="anchor of another page"),
        pytest.param("[a](other.md#a-heading-with-code-2)", "the page has no such anchor", id="no third heading"),
        pytest.param("[a](empty)", "is a directory without README.md, so the site cannot show it", id="directory"),
        pytest.param("[a](data.json#L1)", "only a page has anchors", id="anchor of a file"),
    ],
)
def test_a_link_that_leads_nowhere_is_found(tmp_path: Path, link: str, problem: str) -> None:
    write_pages(tmp_path, link)
    (line,) = find_dead_links(tmp_path)
    assert re.fullmatch(rf"docs/page\.md:3: .*: {problem}", line)


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    "link",
    [
        "other.md", "other.md#a-heading-with-code", "other.md#a-heading-with-code-1", "other.md#made-by-hand", "#page",
        "data.json", "checks", "checks/", "checks#all", "https://example.org/gone.md#x", "mailto:somebody@example.org",
    ],
)  # fmt: skip
def test_a_link_that_leads_somewhere_is_none(tmp_path: Path, link: str) -> None:
    write_pages(tmp_path, f"[a]({link})\n\n```text\n[not a link](gone.md)\n```\n")
    assert find_dead_links(tmp_path) == []


def test_headings_have_the_anchors_that_github_gives_them() -> None:
    page = parse("# `orch gate finish` – what it's for?\n\n## Ünï_code, 2\n\n## [A](b.md) *link*\n")
    assert page.anchors == {"orch-gate-finish--what-its-for", "ünï_code-2", "a-link"}


def write_pages(directory: Path, text: str) -> None:
    """A page with the text, and one to link to."""
    pages = directory / "docs"
    pages.mkdir()
    (pages / "page.md").write_text(f"# Page\n\n{text}\n", "utf-8")
    headings = "# A heading: with `code`\n\n## A heading, with code\n"
    (pages / "other.md").write_text(f'{headings}\n<a id="made-by-hand"></a>\n', "utf-8")
    (pages / "empty").mkdir()
    (pages / "checks").mkdir()
    (pages / "checks/README.md").write_text("# All\n", "utf-8")
    (pages / "data.json").write_text("{}", "utf-8")
