from pathlib import Path
from time import process_time
from typing import Any

import pytest

from gate_tests.checks.outcome import Outcome
from gate_tests.checks.types import citations_resolve
from gate_tests.checks.types.citations_resolve import CitationsResolve
from gate_tests.errors import InvalidFile
from gate_tests.files.artifacts import Artifacts
from tests.support.checks import try_check
from tests.support.repository import ARTIFACTS, Repository

REPORT = "docs/audit/report.md"


def judge(repository: Repository, report: str | bytes | None, min_count: int = 1, **keys: Any) -> Outcome:
    """The outcome for a report that stands in docs/audit, among a few files."""
    repository.write("src/a.py", "one\ntwo\nthree\n")
    repository.write("docs/audit/b.md", "one\ntwo")
    repository.write("docs/empty.txt", "")
    repository.write("docs/audit/größe.md", "one\n")
    repository.write("docs/image.png", b"\x89PNG\xff\x00")
    if report is not None:
        repository.write(REPORT, report)
    return CitationsResolve(min_count, **keys).evaluate(REPORT, Artifacts(repository.root, (), 1 << 24))


def reasons(outcome: Outcome) -> list[str]:
    unresolved: list[dict[str, Any]] = outcome.measured["unresolved"]
    return [row["reason"] for row in unresolved]


@pytest.mark.parametrize(
    "citation",
    [
        pytest.param("src/a.py:1", id="from the root"),
        pytest.param("src/a.py:3", id="the last line"),
        pytest.param("src/a.py:1-3", id="all lines"),
        pytest.param("/src/a.py:1", id="with a slash for the root"),
        pytest.param("b.md:2", id="from the report's folder, a last line without an end"),
        pytest.param("../audit/b.md#L1-L2", id="from there upwards"),
        pytest.param("[b](b.md)", id="a link from the report's folder"),
        pytest.param("[b](../../src/a.py)", id="a link upwards"),
        pytest.param("[b](src/a.py)", id="a link from the root"),
        pytest.param("[b](/src/a.py)", id="a link with a slash for the root"),
        pytest.param("[b](../)", id="a link to a directory"),
        pytest.param("![i](../image.png)", id="an image"),
        pytest.param("[b](b.md#some-heading)", id="a link with an anchor"),
        pytest.param("[b](b.md#L2)", id="a link with a line"),
        pytest.param("[b](../..)", id="a link to the root"),
        pytest.param("[b](/)", id="a link to the root, with a slash"),
        pytest.param("docs/audit/gro\u0308\xdfe.md:1", id="a decomposed letter"),
    ],
)
def test_a_citation_of_what_exists_holds(repository: Repository, citation: str) -> None:
    outcome = judge(repository, f"As {citation} says.\n")
    assert outcome == Outcome(True, "1 citation", {"count": 1, "unresolved": []})


@pytest.mark.parametrize(
    ("citation", "reason"),
    [
        pytest.param("src/b.py:1", "not found at src/b.py or docs/audit/src/b.py", id="no such file"),
        pytest.param(
            "src/A.py:1",
            "not found at src/A.py or docs/audit/src/A.py (similar name: 'a.py')",
            id="letter case",
        ),
        pytest.param("src/a.py:4", "it has 3 lines", id="behind the last line"),
        pytest.param("src/a.py:2-4", "it has 3 lines", id="up to behind the last line"),
        pytest.param("b.md:3", "it has 2 lines", id="behind a last line without an end"),
        pytest.param("docs/empty.txt:1", "it has 0 lines", id="of an empty file"),
        pytest.param("src/a.py:0", "invalid line range", id="line 0"),
        pytest.param("src/a.py:3-2", "invalid line range", id="reversed"),
        pytest.param("docs/x.md:1", "a directory", id="a folder has no lines"),
        pytest.param(
            "docs/image.png:1",
            "its lines cannot be counted: bytes that are not UTF-8 (0x89 at offset 0)",
            id="nor has an image",
        ),
        pytest.param("[x](c.md)", "not found at docs/audit/c.md or c.md", id="a link to nothing"),
        pytest.param("[x](%00.md)", "not a path below the root", id="a link to what no file can be called"),
        pytest.param("[x]()", "not a path below the root", id="an empty link"),
        pytest.param("../../../beside.md:1", "not a path below the root", id="out of the root"),
        pytest.param("[x](../../../beside.md)", "not a path below the root", id="a link out of the root"),
        pytest.param("out.md:1", "a symlink that leads outside the root", id="through a symlink out of the root"),
        pytest.param("[x](out.md)", "a symlink that leads outside the root", id="a link through one"),
    ],
)
def test_a_citation_of_what_is_not_so_fails_with_its_line_and_why(
    repository: Repository, citation: str, reason: str
) -> None:
    (repository.root.parent / "beside.md").write_text("secret\n")
    (repository.root / "docs/x.md").mkdir(parents=True)
    (repository.root / "out.md").symlink_to("../beside.md")
    outcome = judge(repository, f"One: src/a.py:1\n\nTwo: {citation}\n")
    shown = citation.removeprefix("[x](").removesuffix(")").replace("../../../", "…/")
    assert outcome.measured == {"count": 2, "unresolved": [{"line": 3, "citation": shown, "reason": reason}]}
    assert not outcome.holds
    assert outcome.found == f"2 citations, 1 unresolved: line 3: {shown} ({reason})"


def test_the_first_file_that_exists_decides(repository: Repository) -> None:
    repository.write("b.md", "one\n")
    assert judge(repository, "b.md:1").holds
    assert reasons(judge(repository, "b.md:2")) == ["it has 1 line"]
    assert judge(repository, "[b](b.md#L2)").holds  # of a link, the one beside the report is the first


def test_a_folder_does_not_hide_a_file(repository: Repository) -> None:
    (repository.root / "b.md").mkdir()
    assert judge(repository, "b.md:2").holds


def test_files_of_that_name_are_told_for_what_is_missing(repository: Repository) -> None:
    for path in ("x/lib/a.py", "x/y/lib/a.py", "z/a.py", "node_modules/m/a.py", ".git/a.py"):
        repository.write(path, "one\n")
    assert reasons(judge(repository, "lib/a.py:1 other.py:1")) == [
        "not found at lib/a.py or docs/audit/lib/a.py; similar: x/lib/a.py, x/y/lib/a.py, src/a.py and 1 more",
        "not found at other.py or docs/audit/other.py",
    ]


def test_roots_are_looked_in_too(repository: Repository) -> None:
    repository.write("packages/web/src/b.ts", "one\n")
    assert not judge(repository, "src/b.ts:1").holds
    assert judge(repository, "src/b.ts:1 [b](src/b.ts) [c](/src/b.ts)", roots=("packages/web",)).holds
    assert reasons(judge(repository, "src/c.ts:1", roots=("packages/web",))) == [
        "not found at src/c.ts or docs/audit/src/c.ts or packages/web/src/c.ts"
    ]


@pytest.mark.parametrize(
    ("report", "holds"),
    [
        pytest.param("[a.py:2](../../src/a.py#L2)", True, id="the last name, linked"),
        pytest.param("[`a.py:2`](/src/a.py)", True, id="in backticks"),
        pytest.param("[a.py:2](../../src/a.py:2)", True, id="with lines behind a colon"),
        pytest.param("[a.py:4](../../src/a.py)", False, id="beyond the end"),
        pytest.param("[c.py:2](b.md)", False, id="another file"),
        pytest.param("[other/a.py:5](../../long/other/a.py#L5)", True, id="rather than a shorter file of that name"),
        pytest.param("[a.py:5](a.py#L5)", True, id="rather than one at the root"),
        pytest.param("[a.py:2](https://github.com/o/r/blob/main/src/a.py#L2)", True, id="on GitHub"),
        pytest.param("[a.py:4](https://github.com/o/r/blob/main/src/a.py#L2)", False, id="there, beyond the end"),
        pytest.param("[c.py:2](../../src/a.py) [a.py:2](x.py)", False, id="missing"),
    ],
)
def test_the_target_of_a_link_tells_where_the_file_is_that_its_text_names(
    repository: Repository, report: str, holds: bool
) -> None:
    repository.write("other/a.py", "one\n")
    repository.write("long/other/a.py", "one\n" * 5)
    repository.write("docs/audit/a.py", "one\n" * 5)
    assert judge(repository, report).holds == holds


@pytest.mark.parametrize(
    ("report", "holds"),
    [
        pytest.param("Tokens:1 src/a.py:1", True, id="a name without ending, in a file's place"),
        pytest.param("Tokens:9 src/a.py:1", False, id="beyond its end"),
        pytest.param("lib/Tokens:9 src/a.py:1", True, id="where no such file is"),
        pytest.param("src:9 src/a.py:1", True, id="where a folder is"),
        pytest.param("`docs/with space.md:1` src/a.py:1", True, id="a name with a space"),
        pytest.param("`docs/with space.md:9` src/a.py:1", False, id="beyond its end"),
        pytest.param("`cat src/a.py:1`", True, id="behind a command"),
        pytest.param("根拠はsrc/a.py:3である", True, id="Japanese around it"),
        pytest.param("根拠はsrc/a.py:4である", False, id="and beyond its end"),
        pytest.param("根拠は名前.md:1である", True, id="a name in the script around it"),
        pytest.param("根拠は名前.md:9である", False, id="and beyond its end"),
        pytest.param("@src/a.py:1 src\\a.py:2", True, id="as agents on other systems write"),
        pytest.param("docs/it's.md:1 docs/a&b.md:1 docs/c#.md:1", True, id="signs in names"),
        pytest.param("docs/it's.md:9 src/a.py:1", False, id="and beyond its end"),
    ],
)
def test_what_exists_tells_where_a_name_begins(repository: Repository, report: str, holds: bool) -> None:
    for path in ("Tokens", "docs/with space.md", "名前.md", "docs/it's.md", "docs/a&b.md", "docs/c#.md"):
        repository.write(path, "one\n")
    assert judge(repository, report).holds == holds


GUIDE = """# Guide

## Set up

## Set up

## C++ & *more*: what's `new`?

## 🚀 Start ![logo](x.png)

## Über-Größe 名前

## Über-Größe

## Named {#own-name}

> ### Quoted

<a id="by-id"></a> <a name="by-name"></a>

<h2 id="html">In HTML</h2>

Underlined
----------

```
## In code
```
"""


@pytest.mark.parametrize(
    "anchor",
    [
        "guide", "set-up", "set-up-1", "c--more-whats-new", "-start", "über-größe-名前", "%C3%BCber-gr%C3%B6%C3%9Fe",
        "own-name", "quoted", "by-id", "by-name", "html", "in-html", "underlined", "top", "user-content-guide",
    ],
)  # fmt: skip
def test_a_link_to_a_heading_holds(repository: Repository, anchor: str) -> None:
    repository.write("docs/guide.md", GUIDE)
    assert judge(repository, f"[x](../guide.md#{anchor})", anchors=True).holds


@pytest.mark.parametrize("anchor", ["in-code", "set-up-2", "Set up", "C++", "start", "user-content-"])
def test_a_link_to_no_heading_fails_if_anchors_are_looked_at(repository: Repository, anchor: str) -> None:
    repository.write("docs/guide.md", GUIDE)
    report = f"[x](<../guide.md#{anchor}>)"
    assert judge(repository, report).holds
    (reason,) = reasons(judge(repository, report, anchors=True))
    assert reason.startswith(f"no heading #{anchor}")


def test_a_near_heading_is_named(repository: Repository) -> None:
    repository.write("docs/guide.md", GUIDE)
    assert reasons(judge(repository, "[x](../guide.md#setup)", anchors=True)) == [
        "no heading #setup, did you mean #set-up?"
    ]


def test_a_part_of_the_report_counts_only_if_anchors_are_looked_at(repository: Repository) -> None:
    report = "# Here\n\n[x](#here) [y](#there) [z](#) [a](../../src/a.py#part)\n"
    assert judge(repository, report).measured == {"count": 1, "unresolved": []}
    outcome = judge(repository, report, anchors=True)
    assert outcome.measured["count"] == 3
    assert [(row["citation"], row["reason"]) for row in outcome.measured["unresolved"]] == [
        ("#there", "no heading #there, did you mean #here?")
    ]


def test_a_file_whose_headings_cannot_be_told_is_named(repository: Repository) -> None:
    repository.write("docs/guide.md", "> " * 300 + "x\n")
    (reason,) = reasons(judge(repository, "[x](../guide.md#part)", anchors=True))
    assert reason.startswith("its headings cannot be read: block quotes or lists that are nested too deeply")


def test_a_path_in_backticks_must_exist_if_paths_are_looked_at(repository: Repository) -> None:
    report = "`src/a.py` `src/` `src/none.py` `nodir/` `console.log` `src` `*.md` `src/a.py:1`"
    assert judge(repository, report).measured == {"count": 1, "unresolved": []}
    outcome = judge(repository, report, paths=True)
    assert outcome.measured["count"] == 4
    assert [row["citation"] for row in outcome.measured["unresolved"]] == ["src/none.py", "nodir/"]


def test_too_few_citations_fail_and_the_same_one_twice_is_one(repository: Repository) -> None:
    assert judge(repository, "src/a.py:1 src/a.py:2", 2).holds
    outcome = judge(repository, "src/a.py:1 `src/a.py:1`", 2)
    assert (outcome.holds, outcome.found, outcome.measured["count"]) == (False, "1 citation", 1)


@pytest.mark.parametrize(
    "report",
    [
        pytest.param("[src/a.py:1](../../src/a.py#L1)", id="the text and the target of a link"),
        pytest.param("./src/a.py:1 /src/a.py:1 docs/../src/a.py:1", id="several names of one file"),
        pytest.param("src/a.py:1 `src/a.py` line 1", id="in words"),
        pytest.param("[x](b.md) [y](b.md#part) [z](b.md#other)", id="parts of a file, if these are not looked at"),
        pytest.param("[x](b.md) [y][z]\n\n[z]: ./b.md", id="a definition"),
    ],
)
def test_the_same_lines_of_the_same_file_are_one_citation(repository: Repository, report: str) -> None:
    assert judge(repository, report).measured == {"count": 1, "unresolved": []}


def test_a_report_without_citations_fails_unless_none_is_wanted(repository: Repository) -> None:
    assert not judge(repository, "At 12:30, see https://example.com:80/a.md:1\n").holds
    assert judge(repository, "", 0).holds


@pytest.mark.parametrize(
    ("report", "aside"),
    [
        pytest.param("Nothing.", "", id="nothing"),
        pytest.param("[x](https://example.org)", "1 web link", id="a link to the web"),
        pytest.param("`src/a.py` and `src/b.py`", "2 paths without a line", id="paths"),
        pytest.param("redis:7 and redis:7", "1 number without a file name (redis:7)", id="an image"),
        pytest.param("/home/x/y:7", "1 number without a file name (…/y:7)", id="a path out of the root"),
        pytest.param("~~~\nsrc/a.py:1\n~~~\n<!-- src/b.py:2 -->", "2 in code blocks or comments", id="code"),
    ],
)
def test_what_was_set_aside_is_told_where_nothing_is_found(repository: Repository, report: str, aside: str) -> None:
    found = "0 citations: no `path:line`, no relative link" + (f"; not counted: {aside}" if aside else "")
    assert judge(repository, report).found == found


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        pytest.param(
            "> " * 300 + "src/a.py:1", "block quotes or lists that are nested too deeply", id="nested too deeply"
        ),
        pytest.param("src/a.py:1\n" * 100, "1100 bytes of Markdown, more than the 1000 that", id="too large"),
    ],
)
def test_a_report_that_cannot_be_parsed_fails_with_the_reason(repository: Repository, report: str, reason: str) -> None:
    outcome = judge(repository, report, 0, markdown_bytes=1000)
    assert not outcome.holds
    assert outcome.found.startswith(reason)


@pytest.mark.parametrize(("report", "found"), [(None, "file is missing"), (b"src/a.py:1 \xff", "bytes that are not")])
def test_a_report_that_is_missing_or_no_text_fails(repository: Repository, report: bytes | None, found: str) -> None:
    outcome = judge(repository, report, 0)
    assert outcome.found.startswith(found)
    assert (outcome.holds, outcome.measured) == (False, {"count": 0, "unresolved": []})


def test_of_many_only_the_first_are_recorded_and_fewer_told(repository: Repository) -> None:
    outcome = judge(repository, "".join(f"x/{number}.md:1\n" for number in range(60)))
    assert [row["line"] for row in outcome.measured["unresolved"]] == list(range(1, 51))
    assert outcome.measured["count"] == 60
    assert outcome.found.startswith("60 citations, 60 unresolved: line 1: x/0.md:1 (not found at x/0.md or ")
    assert outcome.found.endswith("; and 50 more")


@pytest.mark.slow
def test_a_report_that_repeats_itself_is_judged_quickly(repository: Repository) -> None:
    began = process_time()
    assert judge(repository, "src/a.py:1 " * 20_000).measured["count"] == 1
    assert process_time() - began < 5


@pytest.mark.parametrize("name", ["", "with `code` left open ```", "<!-- open", "---\na: b\n---\n"])
def test_every_mutation_fails(repository: Repository, name: str) -> None:
    report = f"{name}\n\nsrc/a.py:1\n"
    rule = CitationsResolve(0, anchors=True, paths=True)
    mutations = list(rule.generate_mutations(report, REPORT))
    assert len(mutations) == 4
    for mutation in mutations:
        judge(repository, mutation.text)  # writes it
        assert not rule.evaluate(REPORT, Artifacts(repository.root, (), 1 << 24)).holds, mutation.how


def test_the_record_has_no_absolute_path_nor_control_character_of_the_report(repository: Repository) -> None:
    cited = [
        "/home/someone/a.py:1",
        "~someone/a.py:1",
        "C:\\Users\\someone\\a.py:1",
        "在/home/someone/a.py:1",
        "@/home/someone/a.py:1",
        "[x](</home/someone/a\x1b[2J.py>)",
    ]
    outcome = judge(repository, "\n".join(cited))
    assert [row["citation"] for row in outcome.measured["unresolved"]] == ["…/a.py:1"] * 5 + ["…/a.py"]
    assert "someone" not in outcome.found


@pytest.mark.parametrize(
    "cited",
    [
        "../../../../../../home/someone/c.md:1",
        "[x](../../../../../../home/someone/c.md)",
        "[x](docs/../../../../../../../home/someone/c.md)",
        "[x](%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/home%2Fsomeone%2Fc.md)",
        "[x](C:/Users/someone/c.md)",
        "[x](%2Fhome%2Fsomeone%2Fc.md)",
        "[x](..\\..\\..\\..\\..\\..\\home\\someone\\c.md)",
    ],
    ids=["with a line", "link", "in the middle", "encoded", "of a drive", "absolute, encoded", "backslashes"],
)
def test_the_record_has_no_path_out_of_the_root_either(repository: Repository, cited: str) -> None:
    outcome = judge(repository, cited)
    assert "…/c.md" in outcome.found
    assert "someone" not in str(outcome)


@pytest.mark.parametrize("cited", ["../missing.md:1", "[x](../missing.md)", "[x](missing/größe.md)"])
def test_a_path_that_stays_below_the_root_is_recorded_as_written(repository: Repository, cited: str) -> None:
    (row,) = judge(repository, cited).measured["unresolved"]
    assert row["citation"] in cited
    assert "…" not in row["citation"]


def test_more_citations_than_are_looked_at_fail(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(citations_resolve, "MAX_CITATIONS", 2)
    outcome = judge(repository, "src/a.py:1 src/a.py:2 src/a.py:3 x.md:1")
    assert (outcome.holds, outcome.found) == (False, "more than 2 citations, the limit")


def test_nothing_outside_the_root_is_opened(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "beside.md").write_text("one\n")
    absolute = judge(repository, f"{tmp_path}/beside.md:1 [x]({tmp_path}/beside.md)")
    assert reasons(absolute) == ["not found", "not found"]


@pytest.mark.parametrize(
    ("key", "value", "place"),
    [
        pytest.param("roots", "src", "roots", id="no list"),
        pytest.param("roots", [], "roots", id="an empty list"),
        pytest.param("roots", ["src", "../src"], "roots[1]", id="out of the root"),
        pytest.param("roots", ["/src"], "roots[0]", id="absolute"),
        pytest.param("roots", ["."], "roots[0]", id="the root itself"),
        pytest.param("roots", ["{nothing}/src"], "roots[0]", id="an unknown variable"),
        pytest.param("roots", [3], "roots[0]", id="no text"),
        pytest.param("anchors", "yes", "anchors", id="anchors that are no truth value"),
        pytest.param("paths", 1, "paths", id="paths that are none"),
        pytest.param("min_count", -1, "min_count", id="fewer than none"),
        pytest.param("root", ["src"], "roots", id="a misspelled key"),
    ],
)
def test_a_bad_parameter_is_an_error_of_the_contract(
    repository: Repository, key: str, value: object, place: str
) -> None:
    with pytest.raises(InvalidFile) as raised:
        try_check(repository, {"type": "citations_resolve", "target": REPORT, key: value}, "text\n")
    assert place in str(raised.value)


def test_variables_are_replaced_in_roots_and_the_limit_is_the_contracts(repository: Repository) -> None:
    check = {"type": "citations_resolve", "target": "a.md", "roots": ["{artifact_path}/src"], "anchors": True}
    repository.write(f"{ARTIFACTS}/src/a.py", "one\n")
    assert try_check(repository, check, "a.py:1\n").holds
    tried = try_check(repository, check, "a.py:1\n" * 9, limits={"markdown_bytes": 20})
    assert tried.outcome.found.startswith("63 bytes of Markdown, more than the 20")


@pytest.mark.parametrize(
    ("rule", "described"),
    [
        (CitationsResolve(0), "every citation to refer to an existing file and line"),
        (CitationsResolve(1), "at least 1 citation, each referring to an existing file and line"),
        (
            CitationsResolve(2, anchors=True, roots=("src",)),
            "at least 2 citations, each referring to an existing file, heading and line, also below src",
        ),
    ],
    ids=["none is required", "one", "anchors and roots"],
)
def test_what_it_expects_is_said_in_words(rule: CitationsResolve, described: str) -> None:
    assert rule.describe() == described
