"""What is a heading: the quick scan and the parser say the same, wherever the quick scan says anything."""

import random

import pytest

from gate_tests.parsers.markdown.headings import Heading, find_headings
from gate_tests.parsers.markdown.quick_scan import scan_headings

LINES = (
    "# a", "## b ##", "### c #", "#### d \\#", "# e #f", "#g", "#", "## ", "#\t#", "####### h", "######", "# # i",
    "## ##", "#\u00a0j", "# k\u00a0", "#  \t l\t", "```", "````", "``` x", "```a`b", "``", "~~~", "~~~~ `", "~~~ x",
    "``` ", "   ```", " ~~~", "    ```", "\t```", "> q", "> # q", "> ```", ">", "- l", "- # l", "- ```", "-",
    "1. x", "10) y", "  - n", "  text", "text", "", "", "   ", "    code", "\tcode", " # m", "   ## o", "    # p",
    "\t# r", "<div>", "</div>", " <b>", "<!--", "-->", "<?x", "===", "---", "[a]: /u", "[a]:", "'t", "'",
    "| a | b |", "***", "* * *", "+", "\\# s", "\u2028# t", "\x0b# u", "\x0c", "&#35; v", "`", "text `", "` # w",
    "  ", "# a *b*", "# `c`", "# d_e", "a\n===", "a\n---", "# &amp;", "# [x](y)", "+++", "...",
)  # fmt: skip


def soup(seed: int) -> str:
    """A text of lines thrown together."""
    chance = random.Random(seed)
    usual = [line for line in LINES if not line.startswith((" ", "<"))]
    return "\n".join(chance.choice(usual if seed % 3 else LINES) for _ in range(chance.randint(1, 14)))


def parse(text: str, monkeypatch: pytest.MonkeyPatch) -> list[Heading]:
    """The headings that the parser finds."""
    with monkeypatch.context() as patch:
        patch.setattr("gate_tests.parsers.markdown.headings.scan_headings", lambda text, start, path: None)
        return list(find_headings(text, "a.md", 10_000))


@pytest.mark.slow
def test_the_quick_scan_finds_what_the_parser_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [text for text in map(soup, range(4000)) if scan_headings(text, 0, "a.md") is not None]
    assert len(texts) > 1000
    assert sum(len(list(find_headings(text, "a.md", 1))) for text in texts) > 1000
    differ = [text for text in texts if list(find_headings(text, "a.md", 1)) != parse(text, monkeypatch)]
    assert differ == []


@pytest.mark.parametrize(
    "line", [" # a", "   ```", "<!-- x", " <b>", "  ~~~", "text\n---", "text\n =", "# *a*", "# a_b", "## 1\\. a", "# &"]
)
def test_where_a_line_may_be_in_a_list_or_html_or_has_markup_the_parser_decides(line: str) -> None:
    assert scan_headings(f"# b\n{line}\n", 0, "a.md") is None
    assert next(find_headings(f"# b\n{line}\n", "a.md", 1000)).text == "b"


def test_a_text_of_many_megabytes_needs_no_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(text: str, path: str, max_bytes: int) -> None:
        raise AssertionError("the text was parsed")

    monkeypatch.setattr("gate_tests.parsers.markdown.headings.parse_blocks", refuse)
    text = "- an item of a list, with `code` and [a link](https://example.org/a#b)\n" * 200_000
    found = [(heading.text, heading.line) for heading in find_headings(f"# first\n{text}# last\n", "a.md", 1000)]
    assert found == [("first", 1), ("last", 200_002)]
