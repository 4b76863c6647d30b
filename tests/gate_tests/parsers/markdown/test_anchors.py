from time import process_time

import pytest

from gate_tests.parsers.markdown.anchors import find_anchors
from gate_tests.parsers.markdown.block import SpanKind
from gate_tests.parsers.markdown.parse import parse_blocks


def anchors(text: str) -> set[str]:
    return set(find_anchors(text, "a.md", 1 << 24))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("# A b", {"a-b"}, id="words"),
        pytest.param("# a\n# a\n# a-1\n# a", {"a", "a-1", "a-1-1", "a-2"}, id="repeated"),
        pytest.param("# a_b-c.d/e", {"a_b-cde"}, id="signs"),
        pytest.param("# *a* `b` [c](d) ~~e~~", {"a-b-c-e"}, id="marks"),
        pytest.param("# Q & A", {"q--a"}, id="a sign between spaces"),
        pytest.param("# 🚀 a", {"-a"}, id="an emoji"),
        pytest.param("# ⚙\ufe0f a", {"-a"}, id="an emoji with a variation selector"),
        pytest.param("# Ärger ½ 名前", {"ärger--名前"}, id="letters of any script, but no fraction"),
        pytest.param("# A\u0308rger", {"ärger"}, id="decomposed"),
        pytest.param("# a ![b](c.png)", {"a"}, id="an image"),
        pytest.param("# a {#b .c}", {"a", "b", "a-b-c"}, id="a name of its own"),
        pytest.param("a\n===", {"a"}, id="underlined"),
        pytest.param("- # a\n\n> # b", {"a", "b"}, id="in a list and a quote"),
        pytest.param("```\n# a\n```\n<!-- # b -->", set(), id="in code and comments"),
        pytest.param('x <a name="b"></a> <span id=c>d</span>', {"b", "c"}, id="HTML in a paragraph"),
        pytest.param("`<a id='b'>`\n\n    <a id='c'>", set(), id="HTML in code"),
        pytest.param("---\n# a\ntitle: b\n---\n", set(), id="front matter"),
    ],
)
def test_a_link_can_name(text: str, found: set[str]) -> None:
    assert anchors(text) == found


def test_html_may_be_a_heading_or_have_an_id() -> None:
    assert {"b", "a-c"} <= anchors('<h2 id="b">A c</h2>\n')


def test_an_id_is_a_span_without_text() -> None:
    (block,) = parse_blocks('x <a id="b" name="c"></a>y', "a.md", 1000)
    assert [(each.start, each.end, each.target) for each in block.spans if each.kind is SpanKind.ANCHOR] == [
        (2, 2, "b")
    ]


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["# a\n", "# a-1\n# a\n", "# ![a](b)\n", "<a id=b>", "# {#", "<p id=c>\n"])
def test_many_take_no_longer_than_their_size(piece: str) -> None:
    began = process_time()
    anchors(piece * (100_000 // len(piece)))
    assert process_time() - began < 5
