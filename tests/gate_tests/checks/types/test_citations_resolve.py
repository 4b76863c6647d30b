from pathlib import Path
from typing import Any

import pytest

from gate_tests.checks.outcome import Outcome
from gate_tests.checks.types import citations_resolve
from gate_tests.checks.types.citations_resolve import CitationsResolve
from gate_tests.files.artifacts import Artifacts
from tests.support.repository import Repository

REPORT = "docs/audit/report.md"


def judge(repository: Repository, report: str | bytes | None, min_count: int = 1) -> Outcome:
    """The outcome for a report that stands in docs/audit, among a few files."""
    repository.write("src/a.py", "one\ntwo\nthree\n")
    repository.write("docs/audit/b.md", "one\ntwo")
    repository.write("docs/empty.txt", "")
    repository.write("docs/image.png", b"\x89PNG\xff\x00")
    if report is not None:
        repository.write(REPORT, report)
    return CitationsResolve(min_count).evaluate(REPORT, Artifacts(repository.root, (), 1 << 24))


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
        pytest.param("[b](../)", id="a link to a folder"),
        pytest.param("![i](../image.png)", id="an image"),
        pytest.param("[b](b.md#some-heading)", id="a link with an anchor"),
        pytest.param("[b](b.md#L2)", id="a link with a line"),
    ],
)
def test_a_citation_of_what_exists_holds(repository: Repository, citation: str) -> None:
    outcome = judge(repository, f"As {citation} says.\n")
    assert outcome == Outcome(True, "1", {"count": 1, "unresolved": []})


@pytest.mark.parametrize(
    ("citation", "reason"),
    [
        pytest.param("src/b.py:1", "nothing there", id="no such file"),
        pytest.param("src/A.py:1", "nothing there (but 'a.py' is, spelled otherwise)", id="letter case"),
        pytest.param("src/a.py:4", "it has 3 lines", id="behind the last line"),
        pytest.param("src/a.py:2-4", "it has 3 lines", id="up to behind the last line"),
        pytest.param("b.md:3", "it has 2 lines", id="behind a last line without an end"),
        pytest.param("docs/empty.txt:1", "it has 0 lines", id="of an empty file"),
        pytest.param("src/a.py:0", "there are no such lines", id="line 0"),
        pytest.param("src/a.py:3-2", "there are no such lines", id="reversed"),
        pytest.param("docs/audit:1", "a folder", id="a folder has no lines"),
        pytest.param(
            "docs/image.png:1",
            "its lines cannot be told: bytes that are not UTF-8 (0x89 at offset 0)",
            id="nor has an image",
        ),
        pytest.param("[x](c.md)", "nothing there", id="a link to nothing"),
        pytest.param("[x](%00.md)", "no place below the root", id="a link to what no file can be called"),
        pytest.param("[x]()", "no place below the root", id="an empty link"),
        pytest.param("../../../beside.md:1", "no place below the root", id="out of the root"),
        pytest.param("[x](../../../beside.md)", "no place below the root", id="a link out of the root"),
        pytest.param("out.md:1", "a way out of the root through a symlink", id="through a symlink out of the root"),
        pytest.param("[x](out.md)", "a way out of the root through a symlink", id="a link through one"),
    ],
)
def test_a_citation_of_what_is_not_so_fails_with_its_line_and_why(
    repository: Repository, citation: str, reason: str
) -> None:
    (repository.root.parent / "beside.md").write_text("secret\n")
    repository.write("docs/x", "")
    (repository.root / "out.md").symlink_to("../beside.md")
    outcome = judge(repository, f"One: src/a.py:1\n\nTwo: {citation}\n")
    shown = citation.removeprefix("[x](").removesuffix(")").replace("../../../", "…/")
    assert outcome.measured == {"count": 2, "unresolved": [{"line": 3, "citation": shown, "reason": reason}]}
    assert not outcome.holds
    assert outcome.found == f"2, 1 of them lead nowhere: line 3: {shown} ({reason})"


def test_a_line_that_the_file_beside_the_report_has_will_do(repository: Repository) -> None:
    repository.write("b.md", "one\n")
    assert judge(repository, "b.md:2").holds
    assert reasons(judge(repository, "b.md:3")) == ["it has 1 line"]


def test_too_few_citations_fail_and_the_same_one_twice_is_one(repository: Repository) -> None:
    assert judge(repository, "src/a.py:1 src/a.py:2", 2).holds
    outcome = judge(repository, "src/a.py:1 `src/a.py:1`", 2)
    assert (outcome.holds, outcome.found, outcome.measured["count"]) == (False, "1", 1)


def test_a_report_without_citations_fails_unless_none_is_wanted(repository: Repository) -> None:
    assert not judge(repository, "At 12:30, see https://example.com:80/a.md:1\n").holds
    assert judge(repository, "", 0).holds


@pytest.mark.parametrize(("report", "found"), [(None, "nothing there"), (b"src/a.py:1 \xff", "bytes that are not")])
def test_a_report_that_is_missing_or_no_text_fails(repository: Repository, report: bytes | None, found: str) -> None:
    outcome = judge(repository, report, 0)
    assert outcome.found.startswith(found)
    assert (outcome.holds, outcome.measured) == (False, {"count": 0, "unresolved": []})


def test_of_many_only_the_first_are_recorded_and_fewer_told(repository: Repository) -> None:
    outcome = judge(repository, "".join(f"x/{number}.md:1\n" for number in range(60)))
    assert [row["line"] for row in outcome.measured["unresolved"]] == list(range(1, 51))
    assert outcome.measured["count"] == 60
    assert outcome.found.startswith("60, 60 of them lead nowhere: line 1: x/0.md:1 (nothing there); ")
    assert outcome.found.endswith("; and 55 more")


def test_the_record_has_no_absolute_path_nor_control_character_of_the_report(repository: Repository) -> None:
    cited = [
        "/home/someone/a.py:1",
        "~someone/a.py:1",
        "C:\\Users\\someone\\a.py:1",
        "[x](</home/someone/a\x1b[2J.py>)",
    ]
    outcome = judge(repository, "\n".join(cited))
    assert [row["citation"] for row in outcome.measured["unresolved"]] == ["…/a.py:1"] * 3 + ["…/a.py"]
    assert "someone" not in outcome.found


@pytest.mark.parametrize(
    "cited",
    [
        "../../../../../../home/someone/c.md:1",
        "[x](../../../../../../home/someone/c.md)",
        "[x](docs/../../../../../../../home/someone/c.md)",
        "[x](%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/home%2Fsomeone%2Fc.md)",
        "[x](%2Fhome%2Fsomeone%2Fc.md)",
        "[x](..\\..\\..\\..\\..\\..\\home\\someone\\c.md)",
    ],
    ids=["with a line", "link", "in the middle", "encoded", "absolute, encoded", "backslashes"],
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
    assert (outcome.holds, outcome.found) == (False, "more than the 2 that are looked at")


def test_nothing_outside_the_root_is_opened(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "beside.md").write_text("one\n")
    absolute = judge(repository, f"{tmp_path}/beside.md:1 [x]({tmp_path}/beside.md)")
    assert reasons(absolute) == ["nothing there", "nothing there"]
