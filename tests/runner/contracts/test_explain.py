"""A gate is explained before any work: for a run, or for what one would be started with."""

from collections.abc import Callable
from typing import Any

import pytest

from gate_tests.errors import InvalidFile, Refused
from gate_tests.workspace.names import Depth
from runner.contracts.explain import ExplainRequest, Explanation, explain_gate
from runner.operations.runs import RunRequest, start_run
from runner.storage.store import Store
from runner.workflows.definition import load_workflow
from tests.support.ci_systems import is_harmless
from tests.support.repository import Ended, Repository

ANY_RUN = ExplainRequest(None, None, None, None)
NOW = "2026-11-22T09:30:00.000Z"


def explained(repository: Repository, request: ExplainRequest = ANY_RUN, gate: str = "GT") -> Explanation:
    return explain_gate(Store(repository.workspace), gate, request)


def text(repository: Repository, **contract: Any) -> str:
    repository.write_contract(**contract)
    return "\n".join(explained(repository).lines())


def started(repository: Repository, depth: Depth = Depth.QUICK) -> str:
    repository.write_contract(required_outputs={"all_of": [{"path": "{artifact_path}/{slug}.md"}]})
    repository.write_workflow("GT")
    workflow = load_workflow(repository.workspace, "tests")
    return start_run(Store(repository.workspace), RunRequest(workflow, "tea", "work/tea", depth), NOW).run_id


def outputs(explanation: Explanation) -> list[str]:
    return [output.path for output in explanation.gate.outputs]


# The run


def test_without_a_workflow_slug_and_artifact_path_are_placeholders(repository: Repository) -> None:
    repository.write_contract(required_outputs={"all_of": [{"path": "{artifact_path}/{slug}.md"}]})
    assert outputs(explained(repository)) == ["the/artifact/path/the-slug.md"]


def test_a_workflow_that_has_the_gate_gives_the_artifact_path_and_the_variables(repository: Repository) -> None:
    repository.write_contract(required_outputs={"all_of": [{"path": "{artifact_path}/{colour}.md"}]})
    repository.write_workflow("GT", variables={"colour": "{slug}-green"})
    request = ANY_RUN._replace(slug="tea")
    assert outputs(explained(repository, request)) == ["out/tea/tea-green.md"]


def test_an_artifact_path_that_is_given_goes_before_the_workflows(repository: Repository) -> None:
    repository.write_contract(required_outputs={"all_of": [{"path": "{artifact_path}/a.md"}]})
    repository.write_workflow("GT")
    assert outputs(explained(repository, ANY_RUN._replace(artifact_path="here"))) == ["here/a.md"]


@pytest.mark.parametrize(
    "request_",
    [ANY_RUN._replace(slug="No Slug"), ANY_RUN._replace(depth="abyss"), ANY_RUN._replace(artifact_path="../out")],
    ids=["slug", "depth", "artifact path"],
)
def test_what_no_run_could_be_started_with_is_refused(repository: Repository, request_: ExplainRequest) -> None:
    repository.write_contract(required_outputs={"all_of": [{"path": "a.md"}]})
    with pytest.raises(Refused):
        explained(repository, request_)


def test_for_a_run_it_has_what_that_was_started_with(repository: Repository) -> None:
    run_id = started(repository)
    explanation = explained(repository, ANY_RUN._replace(run_id=run_id))
    assert outputs(explanation) == ["work/tea/tea.md"]
    assert explanation.to_json()["depth"] == "quick"
    assert explained(repository, ANY_RUN._replace(run_id=run_id, depth="deep")).to_json()["depth"] == "deep"


@pytest.mark.parametrize("more", [{"slug": "other"}, {"artifact_path": "other"}], ids=["slug", "artifact path"])
def test_a_run_and_what_one_would_be_started_with_exclude_each_other(
    repository: Repository, more: dict[str, str]
) -> None:
    run_id = started(repository)
    with pytest.raises(Refused) as caught:
        explained(repository, ANY_RUN._replace(run_id=run_id, **more))
    assert caught.value.next_command == f"orch contract explain GT --run {run_id}"


def test_a_gate_that_the_run_does_not_have_is_refused(repository: Repository) -> None:
    run_id = started(repository)
    repository.write_contract("GX", required_outputs={"all_of": [{"path": "a.md"}]})
    with pytest.raises(Refused, match="GX"):
        explained(repository, ANY_RUN._replace(run_id=run_id), "GX")


def test_an_invalid_contract_is_refused_with_its_line(repository: Repository) -> None:
    repository.write_contract(required_outputs={"all_of": [{"path": 7}]})
    with pytest.raises(InvalidFile, match=r"GT\.contract\.json:\d+: "):
        explained(repository)


# The text and the document


def test_required_optional_and_alternative_outputs_are_told_apart(repository: Repository) -> None:
    one = {"any_of": [{"path": "x.md"}, {"path": "y.md"}]}
    lines = text(
        repository, required_outputs={**one, "all_of": [{"path": "a.md"}, {"path": "b.md", "required": False}]}
    )
    titles = [line for line in lines.splitlines() if line.endswith(":")]
    assert len(titles) == 4  # alternatives, required, optional, checks
    assert lines.index("x.md") < lines.index("a.md") < lines.index("b.md")


def test_whether_a_failure_fails_the_run_is_in_the_first_line(repository: Repository) -> None:
    required = {"all_of": [{"path": "a.md"}]}
    first = [
        text(repository, required_outputs=required, blocking=blocking).splitlines()[0] for blocking in (True, False)
    ]
    assert first[0].startswith("Gate GT Test: ")
    assert first[0] != first[1]


def test_programs_are_named_with_their_arguments_and_whether_they_may_fail(repository: Repository) -> None:
    repository.write("tools/make.py", "")
    scripts = [{"path": "tools/make.py", "args": ["{slug}", "two words"]}, {"path": "tools/make.py", "may_fail": True}]
    lines = text(repository, pre_scripts=scripts, required_outputs={"all_of": [{"path": "a.md"}]}).splitlines()
    first, second = (line for line in lines if "tools/make.py" in line)
    assert first.endswith("tools/make.py the-slug 'two words'")
    assert "(" in second


def test_nothing_in_a_contract_can_harm_a_terminal(repository: Repository, orch: Callable[..., Ended]) -> None:
    harmful = "a\x1b[2Jb\nc ##vso[x]"
    repository.write_contract(
        description=harmful,
        required_outputs={"all_of": [{"path": "a.md", "description": harmful}]},
        validations=[{"type": "word_count", "target": "a.md", "min": 1, "description": harmful}],
    )
    printed = orch("contract", "explain", "GT").out
    assert printed.count("a\\x1b[2Jb c # #vso[x]") == 2
    assert is_harmless(printed)


def test_the_document_lists_outputs_and_checks_in_their_order(repository: Repository) -> None:
    repository.write_contract(
        required_outputs={"all_of": [{"path": "a.md"}, {"path": "b.md", "required": False}]},
        validations=[{"type": "word_count", "target": "a.md", "min": 1}],
    )
    document = explained(repository).to_json()
    assert document["outputs"] == [{"path": "a.md", "optional": False}, {"path": "b.md", "optional": True}]
    assert document["checks"][-1]["type"] == "word_count"
    assert [check["words"] for check in document["checks"]]
    assert (document["gate"], document["name"], document["blocking"], document["pre_scripts"]) == (
        "GT",
        "Test",
        True,
        [],
    )
