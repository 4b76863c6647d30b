import subprocess
import sys
import time
from contextlib import suppress
from random import Random

import pytest

from gate_tests.parsers.front_matter import MAX_BYTES
from gate_tests.parsers.front_matter_fields import NoFrontMatter, find_hidden_character, read_front_matter
from gate_tests.parsers.front_matter_yaml import Value
from tests.support.front_matter import FRONT_MATTER, HOSTILE


@pytest.mark.parametrize(
    ("lines", "fields"),
    [
        pytest.param("status: PASS\nscore: 9.50", {"status": "PASS", "score": "9.50"}, id="plain"),
        pytest.param("status :\tPASS \t\nb: x\t# y\n\t\nc: d", {"status": "PASS", "b": "x", "c": "d"}, id="tabs"),
        pytest.param(
            "a: no\nb: 007\nc: 2024-01-02\nd: 1_0", {"a": "no", "b": "007", "c": "2024-01-02", "d": "1_0"}, id="as is"
        ),
        pytest.param("a: \"FAIL\"\nb: 'FAIL'", {"a": "FAIL", "b": "FAIL"}, id="quotes"),
        pytest.param(
            'a: "say \\"no\\""\nb: \'it\'\'s\'\nc: "\\u0041"', {"a": 'say "no"', "b": "it's", "c": "A"}, id="escapes"
        ),
        pytest.param("a: PASS # so\nb: 'x # y' # z\nc: a#b", {"a": "PASS", "b": "x # y", "c": "a#b"}, id="#"),
        pytest.param("# a comment\n  # another\na: 1", {"a": "1"}, id="lines of comment"),
        pytest.param(
            "a:\nb: null\nc: ~\nd: ''\ne: # none\nf: 'null'", dict.fromkeys("abcde", "") | {"f": "null"}, id="nothing"
        ),
        pytest.param(
            "note: a --- b\nurl: https://a.example", {"note": "a --- b", "url": "https://a.example"}, id="signs inside"
        ),
        pytest.param("Date (UTC): 1\n'x: y': 2", {"Date (UTC)": "1", "x: y": "2"}, id="names"),
        pytest.param("a: >\n  so\n  it\n\nb: |\n  is\n", {"a": "so it", "b": "is"}, id="blocks end without a line end"),
        pytest.param("a: a long\n  sentence\nb: 1", {"a": "a long sentence", "b": "1"}, id="folded by a writer"),
        pytest.param(
            "a:\n- 1\n- ~\n- [x]\n- {y: z}\nb: [no, 'a, b']", {"a": ("1", ""), "b": ("no", "a, b")}, id="lists"
        ),
        pytest.param("a: {b: 1}\nc:\n  d: 1\ne: {{ x }}", {"a": None, "c": None, "e": None}, id="mappings"),
        pytest.param("? [x]\n: y\na: 1", {"a": "1"}, id="a list as key"),
        pytest.param("a: !!int 3\nb: !include x.md", {"a": "3", "b": "x.md"}, id="tags"),
        pytest.param("a: \u0645\u06cc\u200c\u062e b\nc: \U0001f468\u200d\U0001f469", 2, id="joiners"),
        pytest.param("a: x\u2028y\nb: \x07z\x85", {"a": "x\u2028y", "b": "\x07z\x85"}, id="what PyYAML refuses"),
        pytest.param(
            'a: "\\ud83d\\ude00"\nb: "\\ud83d"', {"a": "\U0001f600", "b": "\ufffd"}, id="halves of characters"
        ),
    ],
)
def test_every_yaml_header_is_read_as_it_is_written(lines: str, fields: dict[str, Value] | int) -> None:
    found = read_front_matter(f"---\n{lines}\n---\nbody\n")
    assert (len(found) if isinstance(fields, int) else found) == fields


def test_a_simple_header_needs_no_parser_and_means_the_same_to_one() -> None:
    shuffle = Random(1)
    for _ in range(300):
        value = "".join(
            shuffle.choices(['"', " ", ".", ",", "/", "(", ")", "-", "_", ":", "a", "N", "0", "é", "null"], k=5)
        )
        try:
            with_parser = read_front_matter(f"---\nkey: {value}\n# so that it is parsed\n---\n")
        except NoFrontMatter:
            with pytest.raises(NoFrontMatter):
                read_front_matter(f"---\nkey: {value}\n---\n")
        else:
            assert read_front_matter(f"---\nkey: {value}\n---\n") == with_parser, value
    code = """import sys; from gate_tests.parsers.front_matter_fields import read_front_matter
assert read_front_matter("---\\nstatus: PASS\\ntitle: \\"Tea: a history\\"\\nday: 2024-01-02\\n---\\n")
sys.exit("yaml" in sys.modules)"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_toml_header_is_read_as_it_is_written() -> None:
    written = "a = 9.50\nb = true\nc = 'x'\nd = 1979-05-27T07:32:00Z\ne = 2024-01-02\nf = [1, 'y', [2]]\ng = 1_000\n"
    read = {"a": "9.50", "b": "true", "c": "x", "d": "1979-05-27T07:32:00Z", "e": "2024-01-02", "f": ("1", "y")}
    assert read_front_matter(f"+++\n{written}h = {{i = 1}}\n[j]\nk = 1\n+++\n") == {
        **read,
        "g": "1000",
        "h": None,
        "j": None,
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("", "no front matter (`---` on the first line)", id="empty file"),
        pytest.param("\n---\nstatus: PASS\n---\n", "no front matter", id="not on the first line"),
        pytest.param("----\nstatus: PASS\n----\n", "no front matter", id="four hyphens"),
        pytest.param("---\n\nstatus: PASS\n---\n", "a blank line after the first `---`", id="a rule"),
        pytest.param("---\nstatus: PASS\n", "without a closing `---` line", id="no end"),
        pytest.param("+++\na = 1\n", "without a closing `+++` line", id="no end of TOML"),
        pytest.param("---\nstatus: PASS\n ---\n", "without a closing", id="an indented end"),
        pytest.param("---\na: " + "x" * MAX_BYTES + "\n---\n", "within 65536 bytes", id="too long"),
        pytest.param("---\n---\n", "is not `key: value`", id="nothing"),
        pytest.param("---\nPASS\n---\n", "is not `key: value`", id="a word"),
        pytest.param("---\n- a: 1\n---\n", "is not `key: value`", id="a list"),
        pytest.param(
            "---\nstatus: FAIL\nstatus: PASS\n---\n",
            "line 3 of the front matter has the duplicate key 'status'",
            id="twice",
        ),
        pytest.param(
            "---\na: 1\nb: {c: 1, 'c': 2}\n---\n",
            "line 3 of the front matter has the duplicate key 'c'",
            id="twice inside",
        ),
        pytest.param("---\na: &x 1\n---\n", "line 2 of the front matter has an anchor (`&`)", id="anchor"),
        pytest.param("---\na: &x [1]\n---\n", "has an anchor", id="anchor of a list"),
        pytest.param(
            "---\na: 1\nb: [*x]\n---\n", "line 3 of the front matter has an anchor (`&`) or alias", id="alias"
        ),
        pytest.param("---\n<<: {a: 1}\n---\n", "has a merge key (`<<`)", id="merge key"),
        pytest.param(
            '---\na: "PASS\nb: 1\n---\n', "line 2 of the front matter is not YAML: a quotation mark", id="unclosed"
        ),
        pytest.param(
            "---\nb: 1\nstatus:PASS\n---\n", "line 3 of the front matter is not YAML: a line that", id="no blank"
        ),
        pytest.param("---\na: [b\nc: d\n---\n", "line 3 of the front matter is not YAML: expected", id="an open list"),
        pytest.param(
            "---\na:\n\tb: 1\n---\n", "line 3 of the front matter is not YAML: found character '\\t'", id="tab"
        ),
        pytest.param("---\na: b\n--- c\n---\n", "is not YAML: a second document", id="two documents"),
        pytest.param("---\nstatus: PASS\rstatus: FAIL\n---\n", "line 2 of the front matter is not YAML", id="CR"),
        pytest.param('---\na: "\\UFFFFFFFF"\n---\n', "line 2 of the front matter is not YAML", id="beyond Unicode"),
        pytest.param("---\na: " + "[" * 99 + "\n---\n", "more than 32 lists and mappings", id="deep"),
        pytest.param("---\n" + "- " * 99 + "\n---\n", "more than 32 lists and mappings", id="deep items"),
        pytest.param("+++\na = 1\nb\n+++\n", "line 3 of the front matter is not TOML", id="no TOML"),
        pytest.param("+++\na = 1\na = 2\n+++\n", "line 3 of the front matter is not TOML", id="twice in TOML"),
        pytest.param("+++\na = " + "1" * 9999 + "\n+++\n", "is not TOML", id="a number too long"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(text: str, problem: str) -> None:
    with pytest.raises(NoFrontMatter) as caught:
        read_front_matter(text)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "quoted"),
    [
        pytest.param("title: Robots: a history", 'title: "Robots: a history"', id="colon"),
        pytest.param('title: Robots: "a" history # so', "title: 'Robots: \"a\" history'", id="colon and quotes"),
        pytest.param("status: **PASS**", 'status: "**PASS**"', id="emphasis"),
        pytest.param("title: [WIP] Tea", 'title: "[WIP] Tea"', id="brackets"),
        pytest.param("by: @someone", 'by: "@someone"', id="at"),
        pytest.param("title: `code`", 'title: "`code`"', id="backtick"),
        pytest.param('title: "Tea" and more', "title: '\"Tea\" and more'", id="text after quotes"),
        pytest.param("title: 'it's'", 'title: "it\'s"', id="an apostrophe in single quotes"),
        pytest.param("list:\n  - item: x: y", 'item: "x: y"', id="in a list"),
    ],
)
def test_a_value_that_wants_quotes_is_shown_in_them_to_who_may_see_it(line: str, quoted: str) -> None:
    with pytest.raises(NoFrontMatter) as caught:
        read_front_matter(f"---\nid: 1\n{line}\n---\n")
    key, _, value = quoted.partition(": ")
    assert caught.value.key == key
    assert caught.value.full_message.endswith(f"the value of {key!r} needs quotes, {quoted}")
    assert value not in str(caught.value)


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    "text",
    [
        text
        for name, text in FRONT_MATTER.items()
        if name.startswith(("list", "fold", "TOML")) and name != "TOML of no field"
    ],
)
def test_what_is_found_is_read(text: str) -> None:
    assert read_front_matter(text)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_header_is_bounded_in_time(text: str) -> None:
    began = time.process_time()
    with suppress(NoFrontMatter):
        read_front_matter(text)
    assert time.process_time() - began < 3


@pytest.mark.parametrize("hidden", ["\u00ad", "\u034f", "\u061c", "\u180e", "\u200d", "\u3164", "\ufe0f", "\U000e0041"])
def test_a_character_that_nobody_sees_is_found(hidden: str) -> None:
    assert find_hidden_character(f"FAIL{hidden}") == hidden


def test_an_emoji_may_say_how_it_is_drawn() -> None:
    assert find_hidden_character("\u2764\ufe0f tea") is None
