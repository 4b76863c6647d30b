"""The run that good artifacts are of is told by their paths."""

from typing import Any

import pytest

from gate_tests.compiler.loader import load_contract
from gate_tests.errors import Refused
from gate_tests.workspace.names import Depth
from gate_tests.workspace.run_context import RunContext
from runner.contracts.mutation.example import Example
from tests.support.messages import pattern
from tests.support.repository import Repository


def context(
    repository: Repository,
    files: list[str],
    *,
    slug: str | None = None,
    artifact_path: str | None = None,
    **contract: Any,
) -> RunContext:
    for path in files:
        repository.write(f"orchestration/gates/examples/GT/{path}", "good\n")
    repository.write_contract(**contract)
    example = Example.find(repository.workspace, "GT")
    loaded = load_contract(repository.workspace, "GT")
    return example.build_context(repository.workspace, loaded, Depth.STANDARD, slug, artifact_path)


def outputs(*paths: str) -> dict[str, Any]:
    return {"all_of": [{"path": path} for path in paths]}


@pytest.mark.parametrize(
    ("files", "templates", "slug", "artifact_path"),
    [
        pytest.param(["essays/tea/a.md"], ["{artifact_path}/a.md"], "tea", "essays/tea", id="the last of the path"),
        pytest.param(["specs/tea.md"], ["specs/{slug}.md"], "tea", "work/tea", id="slug alone"),
        pytest.param(
            ["out/x/a.md", "specs/tea.md"], ["{artifact_path}/a.md", "specs/{slug}.md"], "tea", "out/x", id="both",
        ),
        pytest.param(["a.md"], ["a.md"], "example", "work/example", id="neither"),
        pytest.param(
            ["e/tea/a.md", "e/tea/b.md", "other/a.md"],
            ["{artifact_path}/a.md", "{artifact_path}/b.md"], "tea", "e/tea", id="what most paths say",
        ),
        pytest.param(["e/My Tea/a.md"], ["{artifact_path}/a.md"], "example", "e/My Tea", id="no slug at its end"),
        pytest.param(["p/tea/tea.md"], ["p/{slug}/{slug}.md"], "tea", "work/tea", id="the same twice"),
    ],
)  # fmt: skip
def test_slug_and_artifact_path_are_told_by_the_paths(
    repository: Repository, files: list[str], templates: list[str], slug: str, artifact_path: str
) -> None:
    told = context(repository, files, required_outputs=outputs(*templates))
    assert (told.slug, told.artifact_path) == (slug, artifact_path)


def test_a_folder_that_a_check_names_tells_too(repository: Repository) -> None:
    validations = [{"type": "dir_exists", "target": "{artifact_path}/research"}]
    assert context(repository, ["e/tea/research/a.md"], validations=validations).artifact_path == "e/tea"


def test_what_is_said_is_not_looked_for(repository: Repository) -> None:
    files, required = ["essays/tea/a.md"], outputs("{artifact_path}/a.md")
    told = context(repository, files, slug="coffee", artifact_path="essays/tea", required_outputs=required)
    assert (told.slug, told.artifact_path) == ("coffee", "essays/tea")


def test_the_workflow_says_the_rest(repository: Repository) -> None:
    repository.write_workflow("GS", "GT", variables={"language": "en"})
    told = context(repository, ["specs/tea.md"], required_outputs=outputs("specs/{slug}.md"))
    assert (told.artifact_path, told.gates, told.variables) == ("out/tea", ("GS", "GT"), {"language": "en"})


def test_a_gate_without_good_artifacts_is_refused_with_where_they_belong(repository: Repository) -> None:
    with pytest.raises(Refused, match=pattern("no-good-artifacts", path="orchestration/gates/examples/GT")):
        Example.find(repository.workspace, "GT")


@pytest.mark.parametrize("target", ["{artifact_path}", "{client_component}"])
def test_where_the_contract_names_the_place_alone_the_files_tell_it(repository: Repository, target: str) -> None:
    validations = [{"type": "dir_exists", "target": target}]
    told = context(repository, ["e/tea/TeaClient.tsx", "e/tea/more/a.md"], validations=validations)
    assert (told.artifact_path, told.slug) == ("e/tea", "tea")
    assert context(repository, ["a.md"], validations=validations).artifact_path == "work/example"


def test_the_key_that_holds_a_check_s_path_tells_whatever_it_is_called(repository: Repository) -> None:
    claims = {
        "type": "viz_tech_match",
        "metadata_source": "{artifact_path}/meta.md",
        "implementation_target": "{artifact_path}/page.tsx",
    }
    assert context(repository, ["e/tea/meta.md", "e/tea/page.tsx"], validations=[claims]).artifact_path == "e/tea"
