import json
from typing import Any

from gate_tests.lint.contract import lint_contract
from gate_tests.lint.findings import LintReport
from gate_tests.lint.sample_runs import SampleRuns, make_sample_run
from gate_tests.workspace.names import Depth
from tests.support.repository import Repository

COUNT = {"type": "word_count", "target": "a.md", "min": 10}
PATH = "orchestration/gates/contracts/GT.contract.json"


def runs(workflow: str, **variables: str) -> SampleRuns:
    return SampleRuns(tuple(make_sample_run(depth, variables=variables) for depth in Depth), workflow)


def lint(repository: Repository, *samples: SampleRuns, **contract: Any) -> LintReport:
    repository.write_contract(**contract)
    return lint_contract(repository.workspace, repository.workspace.read_document(PATH), iter(samples))


def test_a_contract_without_errors_and_warnings_is_only_named(repository: Repository) -> None:
    assert lint(repository, validations=[COUNT]) == LintReport((PATH,))
    assert lint(repository, runs("tests"), validations=[COUNT]) == LintReport((PATH,))


def test_a_contract_with_an_error_has_no_warnings(repository: Repository) -> None:
    found = lint(repository, validations=[{"type": "file_exists", "target": "/a.md"}])
    assert ["$.validations[0].target: " in error for error in found.errors] == [True]
    assert found.warnings == ()


def test_an_error_that_the_schema_finds_hides_no_other(repository: Repository) -> None:
    found = lint(repository, blockng=True, validations=[{"type": "file_exists", "target": "/a.md"}])
    assert ["$.blockng: " in found.errors[0], "$.validations[0].target: " in found.errors[1]] == [True, True]


def test_a_contract_of_which_nothing_is_left_has_the_errors_of_the_schema_only(repository: Repository) -> None:
    found = lint(repository, validations=[{"type": "no_such_type"}])
    assert len(found.errors) == 1
    assert "$.validations[0].type: " in found.errors[0]


def test_an_error_in_the_runs_of_every_workflow_is_told_once(repository: Repository) -> None:
    found = lint(repository, runs("one"), runs("two"), validations=[{**COUNT, "target": "{chapter}.md"}])
    (error,) = found.errors
    assert "workflow" not in error


def test_an_error_in_the_runs_of_one_workflow_names_it(repository: Repository) -> None:
    samples = runs("one"), runs("two", chapter="1"), runs("three")
    found = lint(repository, *samples, validations=[{**COUNT, "target": "{chapter}.md"}])
    (error,) = found.errors
    assert error.endswith(" (in a run of workflow one, three)")


def test_a_variable_of_an_output_is_a_warning_where_no_workflow_could_declare_it(repository: Repository) -> None:
    validations = [COUNT, {**COUNT, "target": "1.md"}, {**COUNT, "target": "chapter.md"}]
    contract = {"required_outputs": {"all_of": [{"path": "{chapter}.md"}]}, "validations": validations}
    (warning,) = lint(repository, **contract).warnings
    assert (str(warning.topic), warning.json_path) == ("unknown-output", "$.required_outputs.all_of[0].path")
    assert lint(repository, runs("tests", chapter="1"), **contract) == LintReport((PATH,))


def test_warnings_are_told_once_and_by_line(repository: Repository) -> None:
    never = {"type": "regex_match", "target": "a.md", "regex": "$a"}
    found = lint(repository, validations=[COUNT, never, {**never, "target": "{Slug}.md"}])
    lines = [warning.line for warning in found.warnings]
    assert lines == sorted(lines)
    assert len(set(found.warnings)) == len(found.warnings) == 3


def test_a_suppressed_warning_is_not_told(repository: Repository) -> None:
    exists = {"type": "file_exists", "target": "a.md"}
    assert len(lint(repository, validations=[exists]).warnings) == 1
    reason = {"x-accepted-advice": {"only-existence": "that is all that is asked"}}
    assert lint(repository, validations=[exists], **reason) == LintReport((PATH,))


def test_a_result_can_be_printed_as_json(repository: Repository) -> None:
    found = lint(repository, validations=[{"type": "file_exists", "target": "a.md"}])
    assert json.loads(json.dumps(found.to_json()))["files"] == [PATH]
