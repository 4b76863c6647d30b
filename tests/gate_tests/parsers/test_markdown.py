"""What is a heading: the quick look and the parser say the same, wherever the quick look says anything."""

import random

import pytest

from gate_tests.parsers.markdown import _needs_parser, _parse, _scan, find_headings

LINES = (
    "# a", "## b ##", "### c #", "#### d \\#", "# e #f", "#g", "#", "## ", "#\t#", "####### h", "######", "# # i",
    "## ##", "#\u00a0j", "# k\u00a0", "#  \t l\t", "```", "````", "``` x", "```a`b", "``", "~~~", "~~~~ `", "~~~ x",
    "``` ", "   ```", " ~~~", "    ```", "\t```", "> q", "> # q", "> ```", ">", "- l", "- # l", "- ```", "-",
    "1. x", "10) y", "  - n", "  text", "text", "", "", "   ", "    code", "\tcode", " # m", "   ## o", "    # p",
    "\t# r", "<div>", "</div>", " <b>", "<!--", "-->", "<?x", "===", "---", "[a]: /u", "[a]:", "'t", "'",
    "| a | b |", "***", "* * *", "+", "\\# s", "\u2028# t", "\x0b# u", "\x0c", "&#35; v", "`", "text `", "` # w",
    "  ",
)  # fmt: skip


def soup(seed: int) -> str:
    """A text of lines thrown together."""
    chance = random.Random(seed)
    usual = [line for line in LINES if not line.startswith((" ", "<"))]
    return "\n".join(chance.choice(usual if seed % 3 else LINES) for _ in range(chance.randint(1, 14)))


@pytest.mark.slow
def test_the_quick_look_finds_what_the_parser_finds() -> None:
    texts = [soup(seed) for seed in range(4000)]
    quick = {text: list(_scan(text)) for text in texts if not _needs_parser(text)}
    assert len(quick) > len(texts) // 2
    assert sum(map(len, quick.values())) > 2000
    assert [text for text, found in quick.items() if found != _parse(text)] == []


@pytest.mark.parametrize("line", [" # a", "   ```", "<!-- x", " <b>", "  ~~~"])
def test_where_a_line_may_be_part_of_a_list_or_of_html_the_parser_is_asked(line: str) -> None:
    assert _needs_parser(f"# b\n{line}\n")
    assert next(find_headings(f"# b\n{line}\n", 1000)).text == "b"


def test_a_text_of_many_megabytes_needs_no_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(text: str) -> None:
        raise AssertionError("the parser was asked")

    monkeypatch.setattr("gate_tests.parsers.markdown._parse", refuse)
    text = "- an item of a list, with `code` and [a link](https://example.org/a#b)\n" * 200_000
    assert [heading.text for heading in find_headings(f"# first\n{text}# last\n", 1000)] == ["first", "last"]
