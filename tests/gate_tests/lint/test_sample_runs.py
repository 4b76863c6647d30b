import pytest

from gate_tests.lint.sample_runs import (
    describe_undeclared,
    find_undeclared_variables,
    make_runs_without_workflow,
    make_sample_run,
)
from gate_tests.workspace.names import RUN_ID, Depth


def test_a_sample_run_is_a_valid_run_with_what_it_is_given() -> None:
    run = make_sample_run(Depth.DEEP, "out/a", iter(["G1", "G2"]), {"chapter": "one"})
    assert RUN_ID.fullmatch(run.run_id)
    assert (run.depth, run.artifact_path, run.gates) == (Depth.DEEP, "out/a", ("G1", "G2"))
    assert run.values()["chapter"] == "one"


def test_a_gate_of_no_workflow_has_a_sample_run_of_each_depth() -> None:
    runs = make_runs_without_workflow(["{slug}/{chapter}.md", "{part}/{chapter}.md"])
    assert runs.workflow is None
    assert [context.depth for context in runs.contexts] == list(Depth)
    assert {tuple(context.variables) for context in runs.contexts} == {("chapter", "part")}


@pytest.mark.parametrize(
    ("template", "names"),
    [
        pytest.param("{artifact_path}/{slug}-{run_id}-{depth}.md", [], id="every run has these"),
        pytest.param("{chapter}/{slug}/{part}/{chapter}", ["chapter", "part", "chapter"], id="as often as they occur"),
        pytest.param("{Chapter}/{ part }/{}", [], id="what only looks like a variable"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_undeclared_variables_are_those_that_not_every_run_has(template: str, names: list[str]) -> None:
    assert find_undeclared_variables(template) == names


def test_an_undeclared_variable_is_told_with_the_one_that_was_probably_meant() -> None:
    described = describe_undeclared(["artefact_path", "chapter"])
    assert described.startswith("{artefact_path}, did you mean 'artifact_path'?, {chapter} (known: slug, ")
