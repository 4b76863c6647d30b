from typing import Any

import pytest

from gate_tests.compiler.gate import compile_gate
from gate_tests.compiler.loader import load_contract
from gate_tests.contract import Severity
from gate_tests.errors import InvalidFile, Refused
from tests.support.checks import compiled, evaluate_all, ids
from tests.support.messages import meant, message, pattern
from tests.support.repository import ARTIFACTS, SLUG, Repository

CONTRACT = "orchestration/gates/contracts/GT.contract.json"


def outputs(*paths: str, group: str = "all_of", **keys: Any) -> dict[str, Any]:
    return {group: [{"path": path, **keys} for path in paths]}


def not_contains(target: str, pattern: str = "x", **keys: Any) -> dict[str, Any]:
    return {"type": "not_contains", "target": target, "pattern": pattern, **keys}


def min_sources(**thresholds: float) -> dict[str, Any]:
    return {"type": "min_sources", "target": "a.md", "thresholds": thresholds}


def test_required_outputs_come_first_then_the_validations_as_they_are_written(repository: Repository) -> None:
    gate = compiled(
        repository,
        required_outputs={**outputs("c.md", "b.md"), **outputs("a.md", group="any_of")},
        validations=[not_contains("z.md"), {"type": "file_exists", "target": "y.md"}],
    )
    assert ids(gate) == [
        "file_exists_any_of[a.md]",
        "file_exists[c.md]",
        "file_exists[b.md]",
        "not_contains[z.md]",
        "file_exists[y.md]",
    ]


@pytest.mark.parametrize(
    ("target", "label"),
    [
        pytest.param("{artifact_path}/research/A.md", "research/A.md", id="the artifact path is left out"),
        pytest.param("specs/{slug}.md", "specs/{slug}.md", id="other variables stay as they are written"),
        pytest.param("a/{artifact_path}/b.md", "a/{artifact_path}/b.md", id="the artifact path further down stays"),
        pytest.param("./a.md", "./a.md", id="nothing is made normal"),
        pytest.param("a [1]::\u00e9.md", "a [1]::\u00e9.md", id="brackets, colons, accents"),
    ],
)
def test_a_label_is_the_target_as_it_is_written(repository: Repository, target: str, label: str) -> None:
    assert ids(compiled(repository, validations=[not_contains(target)])) == [f"not_contains[{label}]"]


def test_an_id_is_the_same_in_every_run(repository: Repository) -> None:
    gate = compiled(repository, required_outputs=outputs("{artifact_path}/{slug}-{run_id}.md"))
    assert ids(gate) == ["file_exists[{slug}-{run_id}.md]"]


def test_the_second_of_the_same_gets_a_two(repository: Repository) -> None:
    gate = compiled(
        repository,
        required_outputs=outputs("a.md"),
        validations=[
            not_contains("a.md", "x"),
            not_contains("{artifact_path}/a.md", "y"),
            {"type": "file_exists", "target": "a.md"},
            not_contains("a.md", "z"),
        ],
    )
    assert ids(gate) == [
        "file_exists[a.md]",
        "not_contains[a.md]",
        "not_contains[a.md]-2",
        "file_exists[a.md]-2",
        "not_contains[a.md]-3",
    ]


def test_no_two_ids_are_the_same_even_if_a_label_looks_like_a_repeat(repository: Repository) -> None:
    targets = ["a.md", "a.md", "a.md]-2", "a.md", "a.md]-2"]
    gate = compiled(repository, validations=[not_contains(target) for target in targets])
    assert len(set(ids(gate))) == len(targets)


@pytest.mark.parametrize(
    ("depth", "expected"),
    [
        pytest.param("quick", ["file_exists[always.md]", "file_exists[quick.md]"], id="quick"),
        pytest.param("standard", ["file_exists[always.md]"], id="standard"),
        pytest.param("deep", ["file_exists[always.md]", "file_exists[deep.md]"], id="deep"),
    ],
)
def test_only_what_is_required_at_the_runs_depth_gets_a_check(
    repository: Repository, depth: str, expected: list[str]
) -> None:
    all_of = [
        {"path": "always.md"},
        {"path": "never.md", "required": False},
        {"path": "quick.md", "optional_for_depth": ["standard", "deep"]},
        {"path": "deep.md", "required_for_depth": ["deep"]},
    ]
    gate = compiled(repository, depth=depth, required_outputs={"all_of": all_of})
    assert ids(gate) == expected
    assert [output.path for output in gate.outputs] == ["always.md", "never.md", "quick.md", "deep.md"]


def test_every_alternative_is_an_output_and_the_alternatives_come_first(repository: Repository) -> None:
    gate = compiled(
        repository, required_outputs={**outputs("c.md"), **outputs("{artifact_path}/a.md", "b.md", group="any_of")}
    )
    assert [(output.template, output.path) for output in gate.outputs] == [
        ("{artifact_path}/a.md", f"{ARTIFACTS}/a.md"),
        ("b.md", "b.md"),
        ("c.md", "c.md"),
    ]


def test_a_validation_that_names_the_required_outputs_adds_no_check_but_its_severity_and_description(
    repository: Repository,
) -> None:
    gate = compiled(
        repository,
        required_outputs={**outputs("a.md", "b.md", group="any_of"), **outputs("c.md")},
        validations=[
            {"type": "file_exists", "target": "any_of", "description": "One of them", "severity": "warning"},
            {"type": "file_exists", "target": "all_required", "description": "All of them"},
        ],
    )
    assert [(check.id, check.severity, check.description) for check in gate.checks] == [
        ("file_exists_any_of[a.md]", Severity.WARNING, "One of them"),
        ("file_exists[c.md]", Severity.ERROR, "All of them"),
    ]


def test_an_outputs_own_description_is_kept(repository: Repository) -> None:
    gate = compiled(
        repository,
        required_outputs=outputs("c.md", description="Its own"),
        validations=[{"type": "file_exists", "target": "all_required", "description": "All of them"}],
    )
    assert gate.checks[0].description == "Its own"


@pytest.mark.parametrize(("named", "group"), [("any_of", "any_of"), ("all_required", "all_of")])
def test_naming_outputs_that_there_are_none_of_is_an_error(repository: Repository, named: str, group: str) -> None:
    with pytest.raises(InvalidFile) as refused:
        compiled(repository, validations=[{"type": "file_exists", "target": named}, not_contains("a.md")])
    fault = message("no-such-outputs", outputs=named, group=group)
    assert refused.value.message == f"{CONTRACT}:7: $.validations[0].target: {fault}"


def test_only_file_exists_may_name_the_required_outputs(repository: Repository) -> None:
    with pytest.raises(InvalidFile, match=pattern("only-file-exists", outputs="any_of")):
        compiled(repository, required_outputs=outputs("a.md", group="any_of"), validations=[not_contains("any_of")])


# Stand-ins


def found_in(repository: Repository, target: str) -> bool:
    """Whether a check of `target` that forbids FORBIDDEN found it; a.md and b.md are the alternatives."""
    last = evaluate_all(
        repository,
        required_outputs=outputs("a.md", "b.md", group="any_of"),
        validations=[not_contains(target, "FORBIDDEN")],
    )[-1]
    return bool(last.outcome.measured["found"])


def test_the_first_alternative_that_exists_stands_in_for_one_that_is_missing(repository: Repository) -> None:
    repository.write("b.md", "FORBIDDEN")
    assert found_in(repository, "a.md")


def test_an_alternative_that_exists_needs_no_stand_in(repository: Repository) -> None:
    repository.write("a.md", "FORBIDDEN")
    repository.write("b.md", "good")
    assert found_in(repository, "a.md")
    assert not found_in(repository, "b.md")


def test_alternatives_are_recognized_however_their_path_is_written(repository: Repository) -> None:
    repository.write("b.md", "FORBIDDEN")
    assert found_in(repository, "./a.md")


def test_nothing_stands_in_for_a_target_that_is_no_alternative(repository: Repository) -> None:
    repository.write("b.md", "FORBIDDEN")
    assert not found_in(repository, "other.md")


def test_a_check_of_alternatives_of_which_none_exists_fails(repository: Repository) -> None:
    rows = evaluate_all(
        repository, required_outputs=outputs("a.md", "b.md", group="any_of"), validations=[not_contains("b.md")]
    )
    assert [tried.holds for tried in rows] == [False, False]


def test_nothing_stands_in_for_a_folder_where_a_file_is_meant(repository: Repository) -> None:
    (repository.root / "a.md").mkdir()
    repository.write("b.md", "good")
    last = evaluate_all(
        repository, required_outputs=outputs("a.md", "b.md", group="any_of"), validations=[not_contains("a.md")]
    )[-1]
    assert not last.holds


def test_nothing_stands_in_for_a_symlink_out_of_the_root(repository: Repository) -> None:
    (repository.root.parent / "beside.md").write_text("good")
    (repository.root / "a.md").symlink_to("../beside.md")
    repository.write("b.md", "good")
    last = evaluate_all(
        repository, required_outputs=outputs("a.md", "b.md", group="any_of"), validations=[not_contains("a.md")]
    )[-1]
    assert not last.holds


# Thresholds


@pytest.mark.parametrize(
    ("thresholds", "depth", "number"),
    [
        pytest.param({"quick": 3, "standard": 8, "deep": 15}, "quick", 3, id="quick"),
        pytest.param({"quick": 3, "standard": 8, "deep": 15}, "standard", 8, id="standard"),
        pytest.param({"quick": 3, "standard": 8, "deep": 15}, "deep", 15, id="deep"),
        pytest.param({"default": 5, "deep": 15}, "quick", 5, id="default for a depth without a number"),
        pytest.param({"default": 5, "deep": 15}, "deep", 15, id="the depth before the default"),
        pytest.param({"standard": 0, "default": 5}, "standard", 0, id="0 is a number"),
    ],
)
def test_a_threshold_is_that_of_the_runs_depth(
    repository: Repository, thresholds: dict[str, float], depth: str, number: float
) -> None:
    tried = evaluate_all(repository, depth=depth, validations=[min_sources(**thresholds)])[0]
    assert tried.outcome.measured["threshold"] == number


def test_a_depth_without_a_threshold_is_an_error_at_that_depth_only(repository: Repository) -> None:
    validations = [min_sources(quick=3, standard=8)]
    assert compiled(repository, depth="quick", validations=validations)
    with pytest.raises(InvalidFile) as refused:
        compiled(repository, depth="deep", validations=validations)
    fault = message("no-value-for-depth", depth="deep")
    assert refused.value.message == f"{CONTRACT}:8: $.validations[0].thresholds: {fault}"


# Variables and paths


def test_variables_are_replaced_in_paths_patterns_and_headings(repository: Repository) -> None:
    repository.write(f"{ARTIFACTS}/{SLUG}.md", f"# {SLUG} at deep\n\nForbidden: en {SLUG}\n")
    headings = {
        "type": "contains_headings",
        "target": "{artifact_path}/{slug}.md",
        "required_headings": ["# {slug} at {depth}"],
    }
    rows = evaluate_all(
        repository,
        depth="deep",
        required_outputs=outputs("{artifact_path}/{slug}.md"),
        validations=[headings, not_contains("{artifact_path}/{slug}.md", "Forbidden: en {slug}")],
    )
    assert [tried.holds for tried in rows] == [True, True, False]
    assert {tried.check.target.path for tried in rows} == {f"{ARTIFACTS}/{SLUG}.md"}


def test_the_workflows_variables_are_known(repository: Repository) -> None:
    repository.write_contract(required_outputs=outputs("{language}.md"))
    context = repository.context(variables={"language": "en"})
    gate = compile_gate(repository.workspace, load_contract(repository.workspace, "GT"), context)
    assert gate.checks[0].target.path == "en.md"


@pytest.mark.parametrize(
    ("contract", "place"),
    [
        pytest.param({"required_outputs": outputs("{slgu}.md")}, "7: $.required_outputs.all_of[0].path", id="output"),
        pytest.param({"validations": [not_contains("{slgu}.md")]}, "7: $.validations[0].target", id="target"),
        pytest.param({"validations": [not_contains("a.md", "{slgu}")]}, "8: $.validations[0].pattern", id="pattern"),
        pytest.param(
            {
                "validations": [
                    {"type": "contains_headings", "target": "a.md", "required_headings": ["# A", "# {slgu}"]}
                ]
            },
            "10: $.validations[0].required_headings[1]",
            id="heading",
        ),
    ],
)
def test_an_unknown_variable_is_an_error_wherever_it_stands(
    repository: Repository, contract: dict[str, Any], place: str
) -> None:
    with pytest.raises(InvalidFile) as refused:
        compiled(repository, **contract)
    fault = message("unknown-variable", variable="slgu") + meant("slug")
    assert refused.value.message == f"{CONTRACT}:{place}: {fault}"


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        pytest.param("/a.md", "absolute-path", id="leading slash"),
        pytest.param("../a.md", "path-leaves-root", id="up"),
        pytest.param("a/../../b.md", "path-leaves-root", id="down and up"),
        pytest.param("{slug}/..", "path-of-the-root", id="the root itself"),
        pytest.param("a\u0000.md", "control-character", id="NUL"),
    ],
)
def test_a_path_that_leaves_the_root_is_an_error_at_its_line(repository: Repository, path: str, rule: str) -> None:
    named = path.replace("{slug}", SLUG)
    fault = message(rule, what="path", path=named, text=named)
    with pytest.raises(InvalidFile) as refused:
        compiled(repository, required_outputs=outputs(path))
    assert refused.value.message == f"{CONTRACT}:7: $.required_outputs.all_of[0].path: {fault}"
    with pytest.raises(InvalidFile) as refused:
        compiled(repository, validations=[not_contains(path)])
    assert refused.value.message == f"{CONTRACT}:7: $.validations[0].target: {fault}"


def test_a_path_that_no_file_system_can_hold_is_an_error(repository: Repository) -> None:
    with pytest.raises(InvalidFile):
        compiled(repository, required_outputs=outputs("half-\ud800.md"))


# The client component


def component(repository: Repository) -> str:
    return compiled(repository, required_outputs=outputs("{client_component}")).checks[0].target.path


def test_the_client_component_is_the_first_in_byte_order(repository: Repository) -> None:
    for name in ("aClient.tsx", "ZClient.jsx", "\u00e4Client.tsx", "Client.ts", "AClient.tsx.bak", "sub/AClient.tsx"):
        repository.write(f"{ARTIFACTS}/{name}", "")
    assert component(repository) == f"{ARTIFACTS}/ZClient.jsx"


def test_a_folder_is_no_client_component(repository: Repository) -> None:
    (repository.root / ARTIFACTS / "AClient.tsx").mkdir(parents=True)
    repository.write(f"{ARTIFACTS}/BClient.tsx", "")
    assert component(repository) == f"{ARTIFACTS}/BClient.tsx"


@pytest.mark.parametrize("folder_exists", [False, True], ids=["no folder", "empty folder"])
def test_without_a_client_component_its_check_fails_and_says_what_was_looked_for(
    repository: Repository, folder_exists: bool
) -> None:
    if folder_exists:
        (repository.root / ARTIFACTS).mkdir(parents=True)
    (tried,) = evaluate_all(repository, required_outputs=outputs("{client_component}"))
    assert tried.row["reason"] == f"{ARTIFACTS}/*Client.tsx: file is missing"


def test_a_slip_in_client_component_is_answered_with_client_component(repository: Repository) -> None:
    with pytest.raises(InvalidFile, match=pattern("did-you-mean", name="client_component")):
        compiled(repository, required_outputs=outputs("{client_componet}"))


# No check, severity, missing_ok


@pytest.mark.parametrize(
    "contract",
    [
        pytest.param({}, id="nothing is demanded"),
        pytest.param({"validations": []}, id="no validations"),
        pytest.param({"required_outputs": outputs("a.md", required=False)}, id="all is optional"),
    ],
)
def test_a_contract_that_compiles_to_no_check_is_an_error(repository: Repository, contract: dict[str, Any]) -> None:
    with pytest.raises(InvalidFile, match=rf"^{CONTRACT}:1: \$: {pattern('no-checks', depth='standard')}"):
        compiled(repository, **contract)


def test_whether_anything_is_checked_depends_on_the_depth(repository: Repository) -> None:
    required = outputs("a.md", required_for_depth=["deep"])
    assert ids(compiled(repository, depth="deep", required_outputs=required)) == ["file_exists[a.md]"]
    with pytest.raises(InvalidFile, match=pattern("no-checks", depth="quick")):
        compiled(repository, depth="quick", required_outputs=required)


@pytest.mark.parametrize(
    "validation",
    [
        pytest.param({"type": "file_exists", "target": "a.md"}, id="file_exists"),
        pytest.param({"type": "min_sources", "target": "a.md", "thresholds": {"default": 0}}, id="min_sources"),
        pytest.param(
            {"type": "contains_headings", "target": "a.md", "required_headings": ["# A"]}, id="contains_headings"
        ),
        pytest.param({"type": "not_contains", "target": "a.md", "pattern": "x"}, id="not_contains"),
    ],
)
class TestEveryType:
    def test_a_missing_file_fails_even_a_check_that_forbids_something(
        self, repository: Repository, validation: dict[str, Any]
    ) -> None:
        (tried,) = evaluate_all(repository, validations=[validation])
        assert not tried.holds
        assert tried.row["pass"] is False
        assert tried.row["reason"].startswith("a.md: file is missing")

    def test_a_missing_file_passes_where_it_may_be_missing(
        self, repository: Repository, validation: dict[str, Any]
    ) -> None:
        (tried,) = evaluate_all(repository, validations=[{**validation, "missing_ok": True}])
        assert tried.holds
        assert "reason" not in tried.row

    def test_a_folder_fails_even_where_nothing_would_do(
        self, repository: Repository, validation: dict[str, Any]
    ) -> None:
        (repository.root / "a.md").mkdir()
        (tried,) = evaluate_all(repository, validations=[{**validation, "missing_ok": True}])
        assert not tried.holds
        assert tried.outcome.found == "a directory"

    def test_a_warning_that_fires_passes_and_is_told(self, repository: Repository, validation: dict[str, Any]) -> None:
        (tried,) = evaluate_all(repository, validations=[{**validation, "severity": "warning"}])
        row = tried.row
        assert not tried.holds
        assert (row["pass"], row["warning"], row["severity"]) == (True, True, "warning")
        assert row["reason"].startswith("a.md: file is missing")

    def test_its_line_is_that_of_its_entry(self, repository: Repository, validation: dict[str, Any]) -> None:
        gate = compiled(repository, validations=[not_contains("b.md"), validation])
        assert [check.line for check in gate.checks] == [5, 10]


def test_a_row_holds_what_the_format_says_in_this_order(repository: Repository) -> None:
    repository.write(f"{ARTIFACTS}/a.md", "clean")
    validation = not_contains("{artifact_path}/a.md", "dirty", description="Why")
    (tried,) = evaluate_all(repository, validations=[validation])
    assert list(tried.row.items()) == [
        ("id", "not_contains[a.md]"),
        ("type", "not_contains"),
        ("path", "{artifact_path}/a.md"),
        ("resolved_path", f"{ARTIFACTS}/a.md"),
        ("severity", "error"),
        ("pass", True),
        ("description", "Why"),
        ("pattern", "dirty"),
        ("found", False),
    ]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        pytest.param({}, "a.md: no 'x'", id="plain"),
        pytest.param({"missing_ok": True}, "a.md: no 'x', if it exists", id="may be missing"),
        pytest.param({"severity": "warning"}, "a.md: no 'x' (warning only)", id="warning"),
    ],
)
def test_a_check_describes_itself_before_it_runs(repository: Repository, keys: dict[str, Any], said: str) -> None:
    assert compiled(repository, validations=[not_contains("a.md", **keys)]).checks[0].describe() == said


def test_the_record_names_the_file_that_stood_in(repository: Repository) -> None:
    repository.write("b.md", "x")
    judged = evaluate_all(
        repository, required_outputs=outputs("a.md", "b.md", group="any_of"), validations=[not_contains("a.md")]
    )[-1]
    assert (judged.row["id"], judged.row["path"], judged.row["resolved_path"]) == ("not_contains[a.md]", "a.md", "b.md")
    assert judged.row["reason"] == "b.md: expected no 'x', found 1 match on line 1"


@pytest.mark.parametrize(
    ("validations", "place", "fault"),
    [
        pytest.param(
            [{"type": "file_exists", "target": "all_required"}],
            "$.validations[0].target",
            message("no-such-outputs", outputs="all_required", group="all_of"),
            id="a group that is not there",
        ),
        pytest.param(
            [{"type": "file_exists", "target": "any_of"}, {"type": "file_exists", "target": "any_of"}],
            "$.validations[1].target",
            message("outputs-twice", outputs="any_of"),
            id="a group twice",
        ),
        pytest.param(
            [{"type": "file_exists", "target": "any_of", "missing_ok": True}],
            "$.validations[0].target",
            message("required-and-missing-ok", outputs="any_of"),
            id="required and allowed to be missing",
        ),
    ],
)
def test_what_is_said_of_the_required_outputs_must_mean_something(
    repository: Repository, validations: list[dict[str, Any]], place: str, fault: str
) -> None:
    with pytest.raises(InvalidFile) as refused:
        compiled(repository, required_outputs=outputs("a.md", group="any_of"), validations=validations)
    assert refused.value.message.endswith(f": {place}: {fault}")


def test_a_contract_may_require_no_output_by_name(repository: Repository) -> None:
    assert ids(compiled(repository, required_outputs={}, validations=[not_contains("a.md")])) == ["not_contains[a.md]"]


def json_schema(schema: str) -> dict[str, Any]:
    return {"type": "json_schema", "target": "a.json", "schema": schema}


def test_a_gate_lists_the_schemas_that_its_checks_read_each_once(repository: Repository) -> None:
    schemas = ["z.json", "{artifact_path}/a.json", "./z.json"]
    gate = compiled(repository, validations=[json_schema(path) for path in schemas])
    assert gate.schema_paths == tuple(sorted((f"{ARTIFACTS}/a.json", "z.json")))


def test_a_gate_whose_checks_read_no_schema_lists_none(repository: Repository) -> None:
    quotes = {"type": "quotes_resolve", "target": "a.md", "sources": ["z.json"]}
    assert compiled(repository, validations=[not_contains("a.json"), quotes]).schema_paths == ()


def test_paths_are_built_from_a_valid_slug_only(repository: Repository) -> None:
    repository.write_contract()
    contract = load_contract(repository.workspace, "GT")
    with pytest.raises(Refused, match="slug"):
        compile_gate(repository.workspace, contract, repository.context(slug="../x"))
