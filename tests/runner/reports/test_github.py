"""Annotations of GitHub: where they are, how many, and what the runner reads in them."""

import pytest

from gate_tests.checks.result import CheckStatus
from runner.reports.ci_report import CiReport, Finding, Level, Part
from runner.reports.github import render
from runner.reports.github_summary import render as render_summary
from tests.support.github_runner import Command, parse_commands
from tests.support.sample_report import (
    ARTIFACT,
    CONTRACT,
    FAILED,
    NO_VERDICT,
    PASSED,
    RUN,
    make_check,
    make_gate,
    make_large_report,
    make_report,
)


def read(report: CiReport) -> list[Command]:
    commands = parse_commands(render(report))
    assert None not in commands
    return [command for command in commands if command]


def place(command: Command) -> tuple[str, str, str]:
    return command.name, command.properties.get("file", ""), command.properties.get("line", "")


def test_a_failed_check_is_an_error_on_the_artifact_and_a_notice_on_the_contract() -> None:
    commands = read(make_report(make_gate(FAILED)))
    assert list(map(place, commands)) == [("error", ARTIFACT, "7"), ("notice", CONTRACT, "42")]
    assert commands[0].properties["title"] == "G1 Research: min_sources"
    assert commands[0].data.splitlines() == [
        f"{ARTIFACT}: expected at least 8 sources, found 3",
        "because: A claim needs sources",
        f"contract: {CONTRACT}:42",
        f"run: {RUN}",
    ]


def test_without_a_line_of_the_artifact_the_error_is_on_the_contract() -> None:
    commands = read(make_report(make_gate(make_check(CheckStatus.FAILED))))
    assert list(map(place, commands)) == [("error", CONTRACT, "41")]


def test_a_warned_check_is_a_warning() -> None:
    commands = read(make_report(make_gate(make_check(CheckStatus.WARNED, artifact_line=3))))
    assert list(map(place, commands)) == [("warning", ARTIFACT, "3"), ("notice", CONTRACT, "41")]


def test_a_gate_without_a_verdict_is_an_error_on_its_contract() -> None:
    commands = read(make_report(NO_VERDICT))
    assert list(map(place, commands)) == [("error", CONTRACT, "1")]
    assert commands[0].data.startswith(str(NO_VERDICT.problem))


def test_a_finding_without_a_file_is_annotated_without_one() -> None:
    commands = read(make_report(findings=(Finding(Part.VERIFY, Level.ERROR, "lost", "G1 is lost", run_id=RUN),)))
    assert list(map(place, commands)) == [("error", "", "")]


def test_paths_are_those_of_the_git_repository() -> None:
    commands = read(make_report(make_gate(FAILED), root_prefix="services/essays/"))
    assert [command.properties["file"] for command in commands] == [
        f"services/essays/{ARTIFACT}",
        f"services/essays/{CONTRACT}",
    ]


def test_a_pass_has_no_annotation() -> None:
    assert render(PASSED) == ""


def test_ten_of_each_kind_are_written_and_the_summary_names_the_rest() -> None:
    checks = (make_check(status, each, artifact_line=1) for status in CheckStatus for each in range(37))
    report = make_report(make_gate(*checks))
    names = [command.name for command in read(report)]
    assert names == ["error"] * 10 + ["warning"] * 10 + ["notice"] * 10
    summary = render_summary(report)
    assert "The first 10 of 37 errors are annotated, and 27 more only listed here" in summary
    assert "the first 10 of 37 warnings are annotated, and 27 more only listed here" in summary
    assert summary.count("`min_sources ") == 74


def test_many_errors_of_one_part_hide_none_of_another() -> None:
    titles = {command.properties["title"] for command in read(make_large_report(50))}
    assert titles == {"lint: rule", "G1 Research: min_sources"}


def test_a_missing_file_is_one_annotation_with_the_number_of_the_checks_that_need_it() -> None:
    missing = f"{ARTIFACT}: file is missing"
    checks = [make_check(CheckStatus.FAILED, each, missing, resolved_path=ARTIFACT) for each in range(12)]
    other = make_check(CheckStatus.FAILED, 13, "src/b.md: file is missing", resolved_path="src/b.md", path="src/b.md")
    first, second = read(make_report(make_gate(*checks, other)))
    assert first.data.splitlines()[0] == f"{missing}; 11 more checks need it"
    assert second.data.splitlines()[0] == "src/b.md: file is missing"
    summary = render_summary(make_report(make_gate(*checks, other)))
    assert summary.count("11 more checks need it") == 1
    assert summary.count("`min_sources ") == 2


@pytest.mark.parametrize(
    "path",
    [
        "a,line=1.md",
        "a::error file=b::c.md",
        "100%25.md",
        "a%3A.md",
        "naïve café.md",
    ],
)
@pytest.mark.quick("*")
def test_the_runner_reads_the_very_path(path: str) -> None:
    check = make_check(CheckStatus.FAILED, resolved_path=path, artifact_line=2)
    assert place(read(make_report(make_gate(check)))[0]) == ("error", path, "2")


@pytest.mark.slow
def test_the_summary_of_thousands_is_cut_at_a_row_and_counts_the_rest() -> None:
    summary = render_summary(make_large_report(5000))
    rows = sum(line.startswith("| `G1 Research` | `min_sources") for line in summary.splitlines())
    assert len(summary.encode()) < 1024 * 1024
    assert f"\nand {5000 - rows:,} more failed checks\n" in summary
    assert summary.endswith(" more findings\n")
