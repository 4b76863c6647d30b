import time

import pytest

from gate_tests.checks.types.viz_tech_match.tsx import scan_source


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("// Code\n", id="comment"),
        pytest.param("/* Code\nCode */", id="comment of several lines"),
        pytest.param("/* Code", id="comment without an end"),
        pytest.param("x = 'Code'", id="string"),
        pytest.param('x = "a \\" Code"', id="string with a quote in it"),
        pytest.param("x = 'Code\ny", id="string without an end"),
        pytest.param("x = `Code\nCode`", id="template"),
        pytest.param("x = `${a} Code ${b} Code`", id="template with values"),
        pytest.param("x = `${`Code`}`", id="template in a template"),
        pytest.param("x = /[/'\"]Code/g", id="regex"),
        pytest.param("x = <p>Code</p>", id="text between tags"),
        pytest.param("x = <p>it's {a} Code <b>{'Code'}</b> Code</p>", id="text between tags and values"),
        pytest.param("x = <p title='Code'>{/* Code */}</p>", id="attribute, comment between tags"),
        pytest.param("x = <p>`</p>; y = <p>` Code</p>", id="a backtick in text"),
        pytest.param("x = <p>https://a.example</p>; // Code", id="an address in text"),
        pytest.param("return <>Code</>", id="fragment"),
    ],
)
def test_what_only_looks_like_code_is_left_out(text: str) -> None:
    assert "Code" not in scan_source(text).code


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a / b; Code; c / d", id="between two divisions"),
        pytest.param("x = 'a'; Code; y = 'b'", id="between two strings"),
        pytest.param("x = `a ${Code} b`", id="in a template"),
        pytest.param("x = `a ${{b: `c`}} d`; Code", id="after a nested template"),
        pytest.param("x = <p>it's {Code} isn't</p>", id="in braces between tags"),
        pytest.param("x = <p>it's</p>; Code; y = <p>isn't</p>", id="between two texts"),
        pytest.param("x = <a.B c={<d/>}>e</a.B>\nCode", id="after tags in a tag"),
        pytest.param("x = <List<Row> rows={r} />\nCode", id="after a tag with a type"),
        pytest.param("const r = useRef<Map<string, number>>(null); Code", id="after a type argument"),
        pytest.param("const f = <T,>(x: T) => x; Code", id="after a type parameter"),
        pytest.param("const f = <T extends {}>(x: T) => x; Code", id="after a bounded type parameter"),
        pytest.param("const f = <T>(x: T) => x; Code", id="after a lone type parameter"),
        pytest.param("if (a < b && c > d) Code", id="after comparisons"),
        pytest.param("x = /\\//; Code", id="after a regex"),
        pytest.param("Code } } } ) >", id="before closing brackets that were never opened"),
    ],
)
def test_code_is_kept(text: str) -> None:
    assert "Code" in scan_source(text).code


def test_each_string_is_numbered_and_kept() -> None:
    source = scan_source("import a from 'b'\nx = \"c\\'d\" + `e`")
    assert source.code.split() == ["import", "a", "from", '"0"', "x", "=", '"1"', "+", '"2"']
    assert source.strings == ("b", "c'd", "e")
    assert [source.string(token) for token in ('"1"', "a", "1")] == ["c'd", None, None]


def test_the_elements_are_the_tags_that_are_really_there() -> None:
    text = "x = <Canvas><three.Mesh /></Canvas>; // <Map>\ny = 'a <Map>'; z = useRef<Map>(null)"
    assert scan_source(text).elements == {"Canvas", "three.Mesh"}
    assert scan_source("a = b\n<Canvas >").elements == {"Canvas"}


def test_without_jsx_nothing_is_a_tag() -> None:
    source = scan_source("const f = <Canvas>(x) => Code", with_jsx=False)
    assert (source.elements, "Code" in source.code) == (frozenset(), True)


def test_a_place_in_the_code_is_on_the_line_on_which_it_is_in_the_file() -> None:
    source = scan_source("/* a\nb */ `c\nd` <p>e\nf</p>\n'g\\\nHere")
    assert source.line(source.code.index("Here")) == 6


@pytest.mark.parametrize("part", ["{", "<a>", "`${", '"\\\n', "/\\", "<T ", "'", "a:", "<", "/*", "\\", "<p>'", "x=/["])
def test_a_hostile_text_takes_no_longer_than_reading_it(part: str) -> None:
    began = time.monotonic()
    scan_source(part * 30_000)
    assert time.monotonic() - began < 10
