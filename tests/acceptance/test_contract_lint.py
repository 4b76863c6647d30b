"""`orch contract lint`: every fault in one run, then what proves little."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from gate_tests.checks.registry import BUILT_IN_TYPES, check_type
from gate_tests.lint.findings import WarningTopic
from tests.support import CHECKOUT
from tests.support.messages import meant, message, says
from tests.support.repository import Repository

COUNT = {"type": "word_count", "target": "{artifact_path}/a.md", "min": 10}


def lint(repository: Repository, *options: str, **contract: Any) -> Any:
    """Lints the gate GT alone, with this contract."""
    path = repository.write_contract("GT", **contract)
    return repository.orch("contract", "lint", *options, path.relative_to(repository.root).as_posix())


def test_a_contract_with_nothing_to_say_of_it_exits_with_0(repository: Repository) -> None:
    ended = lint(repository, "--strict", validations=[COUNT])
    assert (ended.code, ended.out) == (0, f"{message('lint-summary', contracts='1 contract', result='no errors')}\n")


def test_the_last_line_counts_errors_and_warnings(repository: Repository) -> None:
    repository.write_workflow("GA", "GB")
    repository.write_contract("GA", required_outputs={"all_of": [{"path": "a.md"}]})
    repository.write_contract("GB", unknown=1)
    ended = repository.orch("contract", "lint")
    counts = "1 error, 1 warning"
    assert (ended.code, ended.out.splitlines()[-1]) == (
        2,
        message("lint-summary", contracts="2 contracts", result=counts),
    )


def test_every_fault_of_every_file_is_told_in_one_run_with_file_line_path_and_what_was_meant(
    shipped: Repository,
) -> None:
    shipped.write_contract(
        "G1",
        blockng=True,
        validations=[
            {"type": "min_source", "target": "a.md"},
            {"type": "regex_match", "target": "a.md", "regex": "(a"},
            {"type": "min_sources", "target": "/a.md", "thresholds": {"quick": 1}},
        ],
    )
    shipped.write(shipped.workspace.contract_path("G2"), "{")
    ended = shipped.orch("contract", "lint")
    assert ended.code == 2
    for said in (
        f"G1.contract.json:4: $.blockng: {message('unknown-key', key='blockng')}{meant('blocking')}",
        f"G1.contract.json:7: $.validations[0].type: {message('unknown-value', value='min_source')}"
        + meant("min_sources"),
        f"$.validations[1].regex: {message('bad-regex', reason='')}",
        f"$.validations[2].target: {message('absolute-path', what='path', path='/a.md')}",
        f"$.validations[2].thresholds: {message('no-value-for-depth', depth='deep')}",
        f"G2.contract.json:1: {message('not-json', reason='')}",
    ):
        assert said in ended.out, ended.out


ADVISED: dict[str, dict[str, Any]] = {
    "only-warnings": {"validations": [{**COUNT, "severity": "warning"}]},
    "only-if-there": {"validations": [{**COUNT, "missing_ok": True}, {**COUNT, "severity": "warning"}]},
    "only-existence": {"required_outputs": {"all_of": [{"path": "{artifact_path}/a.md"}]}},
    "own-word": {
        "required_outputs": {"all_of": [{"path": "{artifact_path}/audit.md"}]},
        "validations": [{"type": "contains_text", "target": "{artifact_path}/audit.md", "pattern": "Status: PASS"}],
    },
    "passes-empty": {"validations": [{"type": "not_contains", "target": "a.md", "pattern": "TODO"}]},
    "unread-output": {"required_outputs": {"all_of": [{"path": "b.md"}]}, "validations": [COUNT]},
    "no-shell": {"validations": [COUNT, {"type": "command", "command": ["npm", "test", "2>&1"]}]},
    "matches-nothing": {"validations": [COUNT, {"type": "regex_match", "target": "a.md", "regex": "$a"}]},
    "demands-nothing": {"validations": [COUNT, {"type": "regex_match", "target": "a.md", "regex": "a*|b"}]},
    "half-characters": {"validations": [COUNT, {"type": "regex_match", "target": "a.md", "regex": "[x\U0001f300]"}]},
    "slow-regex": {"validations": [COUNT, {"type": "regex_match", "target": "a.md", "regex": "(\\w+\\s?)*$"}]},
    "all-but-one": {
        "validations": [COUNT, {"type": "frontmatter_status", "target": "a.md", "checks": {"verdict": {"not": "FAIL"}}}]
    },
    "unknown-output": {"required_outputs": {"all_of": [{"path": "{chapter}/a.md"}]}, "validations": [COUNT]},
}


SCHEMAS = {
    "unusable-schema": {"$schema": "https://json-schema.org/draft-07/schema#"},
    "no-draft": {"prefixItems": [{}]},
    "ignored-keyword": {"requird": ["a"]},
}


@pytest.mark.parametrize("topic", SCHEMAS)
def test_a_schema_that_demands_less_than_it_seems_to_is_advised_against(repository: Repository, topic: str) -> None:
    repository.write("s.json", json.dumps(SCHEMAS[topic]))
    ended = lint(repository, validations=[COUNT, {"type": "json_schema", "target": "a.json", "schema": "s.json"}])
    assert (ended.code, f"[{topic}]" in ended.out) == (0, True), ended.out
    assert "GT.contract.json:" in ended.out
    assert "$.validations[1].schema: warning: s.json" in ended.out


@pytest.mark.parametrize("topic", ADVISED)
def test_what_proves_little_is_advised_against_and_only_strict_makes_that_an_error(
    repository: Repository, topic: str
) -> None:
    ended = lint(repository, **ADVISED[topic])
    assert (ended.code, f"[{topic}]" in ended.out) == (0, True), ended.out
    assert "orchestration/gates/contracts/GT.contract.json:" in ended.out
    assert lint(repository, "--strict", **ADVISED[topic]).code == 1
    told = lint(repository, "--json", **ADVISED[topic]).json
    assert topic in [warning["topic"] for warning in told["warnings"]]


def test_a_gate_of_a_workflow_without_a_contract_is_advised_against(repository: Repository) -> None:
    repository.write_contract("GT", validations=[COUNT])
    repository.write_workflow("GT", "GX")
    ended = repository.orch("contract", "lint", "--strict")
    assert ended.code == 1
    assert "orchestration/workflows/tests.json:" in ended.out
    assert says(ended.out, "gate-without-contract", gate="GX")


def test_a_variable_that_the_workflow_declares_is_known(repository: Repository) -> None:
    repository.write_contract("GT", validations=[{**COUNT, "target": "{chapter}/a.md"}])
    assert repository.orch("contract", "lint").code == 2
    repository.write_workflow("GT", variables={"chapter": "one"})
    assert repository.orch("contract", "lint", "--strict").code == 0


def test_of_the_shipped_contracts_there_is_nothing_to_say(shipped: Repository) -> None:
    ended = shipped.orch("contract", "lint", "--strict")
    assert (ended.code, ended.out) == (0, f"{message('lint-summary', contracts='7 contracts', result='no errors')}\n")


ONLY_A_FILE = {"required_outputs": {"all_of": [{"path": "{artifact_path}/a.md"}]}}


def test_advice_that_is_accepted_with_a_reason_is_not_given_again(repository: Repository) -> None:
    reason = {"only-existence": "somebody's agreement is all that is asked"}
    assert lint(repository, "--strict", **ONLY_A_FILE, **{"x-accepted-advice": reason}).code == 0


@pytest.mark.parametrize(
    ("accepted", "said"),
    [
        pytest.param(
            {"only-existence": " "},
            f"$.x-accepted-advice.only-existence: warning: {message('accepted-without-reason')}",
            id="blank",
        ),
        pytest.param(
            {"only-existance": "so"},
            message("no-such-warning", topic="only-existance") + meant("only-existence"),
            id="a slip",
        ),
        pytest.param("only-existence", message("not-topics"), id="no object"),
    ],
)
def test_what_accepts_nothing_is_advised_against(repository: Repository, accepted: object, said: str) -> None:
    ended = lint(repository, "--strict", **ONLY_A_FILE, **{"x-accepted-advice": accepted})
    assert ended.code == 1
    assert said in ended.out, ended.out
    assert said == message("not-topics") or "[only-existence]" in ended.out


def test_one_advice_accepted_leaves_the_others(repository: Repository) -> None:
    never = {"type": "regex_match", "target": "a.md", "regex": "$a", "severity": "warning"}
    accepted = {"x-accepted-advice": {"only-existence": "so it is"}}
    ended = lint(repository, "--strict", **ONLY_A_FILE, validations=[never], **accepted)
    assert (ended.code, "1 contract: 1 warning" in ended.out) == (1, True), ended.out
    assert "[matches-nothing]" in ended.out


@pytest.mark.parametrize(
    ("check", "place"),
    [
        pytest.param({"type": "contains_text", "pattern": "a\r\nb"}, "$.validations[1]", id="carriage return"),
        pytest.param(
            {"type": "contains_text", "target": "a.{md,mdx}", "pattern": "a"},
            "$.validations[1]",
            id="a choice in a path",
        ),
        pytest.param(
            {"type": "contains_headings", "required_headings": ["# a", "####### b"]},
            "$.validations[1].required_headings[1]",
            id="seven levels",
        ),
        pytest.param(
            {"type": "min_file_count", "pattern": "[z-a].md", "thresholds": {"default": 1}},
            "$.validations[1].pattern",
            id="an empty class",
        ),
        pytest.param(
            {"type": "min_file_count", "pattern": "a.md", "thresholds": {"default": 2}},
            "$.validations[1].pattern",
            id="one name, two files",
        ),
        pytest.param(
            {"type": "min_file_count", "pattern": "*.{md,mdx}", "thresholds": {"default": 1}},
            "$.validations[1].pattern",
            id="a choice in braces",
        ),
        pytest.param(
            {"type": "quotes_resolve", "sources": ["a/*.{md,mdx}"]}, "$.validations[1].sources[0]", id="of sources"
        ),
        pytest.param({"type": "url_reachable", "url_pattern": "$a"}, "$.validations[1].url_pattern", id="a URL"),
        pytest.param({"type": "min_regex_count", "regex": "$a"}, "$.validations[1].regex", id="at least"),
        pytest.param(
            {"type": "max_regex_count", "regex": "$a", "max_count": 1}, "$.validations[1].regex", id="at most"
        ),
        pytest.param({"type": "not_contains", "pattern": "a\r\nb"}, "$.validations[1]", id="forbidden carriage return"),
        pytest.param(
            {"type": "quotes_resolve", "sources": ["b.md", "[z-a].md"]}, "$.validations[1].sources[1]", id="a source"
        ),
        pytest.param(
            {"type": "quotes_resolve", "sources": ["b.md", "./a.md"]}, "$.validations[1].sources[1]", id="the report"
        ),
        pytest.param(
            {"type": "quotes_resolve", "sources": ["b.{md,mdx}"]}, "$.validations[1].sources[0]", id="source of braces"
        ),
        pytest.param(
            {"type": "min_file_count", "pattern": "*.{md,mdx}", "thresholds": {"default": 1}},
            "$.validations[1].pattern",
            id="braces in a glob",
        ),
        pytest.param({"type": "file_exists", "target": "{Slug}/a.md"}, "$.validations[1]", id="no variable"),
    ],
)
def test_what_can_match_nothing_is_pointed_at(repository: Repository, check: dict[str, Any], place: str) -> None:
    ended = lint(repository, validations=[COUNT, {"target": "a.md", **check}])
    assert ended.code == 0, ended.out
    assert f"{place}: warning: " in ended.out, ended.out
    assert "[matches-nothing]" in ended.out


@pytest.mark.parametrize("demand", ["PASS", {"min": 8}, {"not": 0}, {"not": "n/a", "min": 8}])
def test_a_field_that_is_asked_for_what_it_must_be_is_not_pointed_at(repository: Repository, demand: object) -> None:
    check = {"type": "frontmatter_status", "target": "a.md", "checks": {"verdict": demand}}
    assert "warning: " not in lint(repository, validations=[COUNT, check]).out


@pytest.mark.parametrize("name", BUILT_IN_TYPES)
def test_the_example_of_every_check_type_has_no_fault(repository: Repository, name: str) -> None:
    repository.write("schemas/data.schema.json", '{"$schema": "https://json-schema.org/draft/2020-12/schema"}')
    ended = lint(repository, **ONLY_A_FILE, validations=[COUNT, check_type(name).example])
    assert (ended.code, ended.out) == (0, f"{message('lint-summary', contracts='1 contract', result='no errors')}\n"), (
        ended.out + ended.err
    )


@pytest.mark.parametrize(
    "check",
    [
        pytest.param({"type": "contains_text", "pattern": "Question"}, id="no verdict is asked for"),
        pytest.param({"type": "contains_headings", "required_headings": ["## Layer 1"]}, id="the work itself"),
        pytest.param(
            {"type": "contains_text", "target": "other.md", "pattern": "Status: PASS"}, id="no output of its own"
        ),
        pytest.param({"type": "citations_resolve"}, id="what the work points at"),
    ],
)
def test_no_gate_is_said_to_take_a_report_at_its_word_that_does_not(
    repository: Repository, check: dict[str, Any]
) -> None:
    outputs = {"all_of": [{"path": "a.md"}]}
    ended = lint(repository, required_outputs=outputs, validations=[{"target": "a.md", **check}])
    assert "[own-word]" not in ended.out


def test_a_script_that_may_not_fail_is_evidence(repository: Repository) -> None:
    repository.write("build.py", "")
    assert lint(repository, "--strict", **ONLY_A_FILE, pre_scripts=[{"path": "build.py"}]).code == 0
    assert lint(repository, "--strict", **ONLY_A_FILE, pre_scripts=[{"path": "build.py", "may_fail": True}]).code == 1


def test_a_fault_that_the_schema_sees_hides_no_other(repository: Repository) -> None:
    ended = lint(
        repository,
        required_outputs={"all_of": [{"path": 3}, {"path": "{nowhere/a.md"}, {"path": "../a.md"}]},
        pre_scripts=[{"path": "/x.py"}],
        validations=[{"type": "file_exists", "target": "any_of"}],
    )
    assert ended.code == 2
    for place in (
        "$.required_outputs.all_of[0].path: ",
        "$.required_outputs.all_of[2].path: ",
        "$.pre_scripts[0].path: ",
        f"$.validations[0].target: {message('no-such-outputs', outputs='any_of', group='any_of')}",
    ):
        assert place in ended.out, ended.out


def test_contracts_are_found_in_a_folder_wherever_it_lies(shipped: Repository, tmp_path: Path) -> None:
    contracts = shipped.root / "orchestration/gates/contracts"
    contracts.rename(tmp_path / "elsewhere")
    ended = shipped.orch("contract", "lint", str(tmp_path / "elsewhere"))
    assert (ended.code, ended.out) == (0, f"{message('lint-summary', contracts='7 contracts', result='no errors')}\n")
    (tmp_path / "empty").mkdir()
    refused = shipped.orch("contract", "lint", str(tmp_path / "empty"))
    assert says(refused.err, "no-contract-in-directory", path=tmp_path / "empty")


def test_a_workflow_that_cannot_be_read_is_a_fault_too(shipped: Repository) -> None:
    shipped.write("orchestration/workflows/tests.json", "{")
    ended = shipped.orch("contract", "lint")
    assert ended.code == 2
    assert f"orchestration/workflows/tests.json:1: {message('not-json', reason='')}" in ended.out


def test_a_path_that_is_not_there_is_refused(shipped: Repository) -> None:
    ended = shipped.orch("contract", "lint", "nowhere")
    assert ended.code == 2
    assert says(ended.err, "lint-path-missing", path="nowhere")


def test_a_gate_that_no_command_would_take_is_a_fault(repository: Repository) -> None:
    repository.write_contract("G 1", validations=[COUNT])
    ended = repository.orch("contract", "lint")
    told = f"G 1.contract.json:2: $.gate: {message('not-a-gate-id', gate='G 1')}"
    assert (ended.code, told in ended.out) == (2, True), ended.out


def test_a_gate_that_is_not_the_file_s_is_told_beside_other_faults(repository: Repository) -> None:
    repository.write(repository.workspace.contract_path("GT"), '{"gate": "GX", "name": "Test", "blockng": true}')
    ended = repository.orch("contract", "lint")
    assert f"$.blockng: {message('unknown-key', key='blockng')}" in ended.out
    assert f"$.gate: {message('other-than-file-name', name='GX', stem='GT')}" in ended.out


def test_a_variable_that_only_one_workflow_declares_is_a_fault_in_runs_of_the_other(repository: Repository) -> None:
    repository.write_contract("GT", validations=[{**COUNT, "target": "{chapter}/a.md"}])
    workflow = json.loads(repository.write_workflow("GT").read_text())
    other = {**workflow, "workflow": "other", "variables": {"chapter": "one"}}
    repository.write("orchestration/workflows/other.json", json.dumps(other))
    (error,) = repository.orch("contract", "lint", "--json").json["errors"]
    assert says(error, "unknown-variable", variable="chapter")
    assert error.endswith(message("in-a-run-of", workflow="tests"))


def test_a_path_is_judged_as_the_gate_would_judge_it_where_it_is_a_link(repository: Repository) -> None:
    repository.write_contract("GX", validations=[COUNT])
    path = repository.workspace.contract_path("GT")
    for target, fault in (
        ("GX.contract.json", message("other-than-file-name", name="GX", stem="GT")),
        ("/dev/null", message("file-leaves-root", path=path)),
        ("nowhere", message("contract-is-dangling-link", path=path)),
        ("GT.contract.json", "Too many levels of symbolic links"),
    ):
        (repository.root / path).unlink(missing_ok=True)
        (repository.root / path).symlink_to(target)
        for arguments in ((), (path,), (str(repository.root / path),)):
            ended = repository.orch("contract", "lint", *arguments)
            assert (ended.code, fault in ended.out) == (2, True), ended.out + ended.err


def test_who_names_an_unknown_gate_or_another_file_is_told_what_is_expected(shipped: Repository) -> None:
    ended = shipped.orch("contract", "lint", "G22")
    assert message("lint-path-missing", path="G22") + meant("G2") in ended.err
    ended = shipped.orch("contract", "lint", "orchestration/workflows/visual-essay.json")
    assert (ended.code, ended.out) == (2, "")
    assert says(ended.err, "no-contract-by-name", path="orchestration/workflows/visual-essay.json")


@pytest.mark.parametrize("name", ["artifactPath", "artifact-path", " artifact_path ", "Artifact_Path"])
def test_who_misspells_a_variable_is_told_which_was_meant(repository: Repository, name: str) -> None:
    ended = lint(repository, required_outputs={"all_of": [{"path": f"{{{name}}}/a.md"}]}, validations=[COUNT])
    said = f"{message('no-variable', name=f'{{{name}}}')}{meant('artifact_path')} [matches-nothing]"
    assert said in ended.out, ended.out


def test_braces_that_another_program_replaces_are_nobody_s_slip(repository: Repository) -> None:
    template = {"type": "contains_text", "target": "templates/{{project.name}}/a.md", "pattern": "{Slug}"}
    assert lint(repository, "--strict", validations=[COUNT, template]).code == 0


@pytest.mark.parametrize(
    "check",
    [
        pytest.param({"type": "min_sources", "thresholds": {"default": 0}}, id="sources"),
        pytest.param({"type": "min_sources_any_of", "thresholds": {"default": 0}}, id="of several files"),
        pytest.param({"type": "min_file_count", "thresholds": {"default": 0}}, id="files"),
        pytest.param({"type": "min_regex_count", "regex": "a", "min_count": 0}, id="matches"),
        pytest.param({"type": "word_count", "min": 0}, id="words"),
        pytest.param({"type": "regex_match", "regex": "(a?b*)+"}, id="regex"),
    ],
)
def test_a_check_that_demands_nothing_at_any_depth_is_pointed_at(repository: Repository, check: dict[str, Any]) -> None:
    target = {"targets": ["a.md"]} if check["type"] == "min_sources_any_of" else {"target": "a.md"}
    ended = lint(repository, validations=[COUNT, {**check, **target}])
    assert f"$.validations[1]: warning: {message('demands-nothing', detail='')}" in ended.out, ended.out


@pytest.mark.parametrize(
    "check",
    [
        pytest.param({"type": "min_sources", "thresholds": {"quick": 0, "default": 3}}, id="only at a depth"),
        pytest.param({"type": "word_count", "min": 0, "max": 9}, id="another bound"),
        pytest.param({"type": "regex_match", "regex": "^$"}, id="an empty line"),
        pytest.param({"type": "regex_match", "regex": "(?=a)"}, id="what follows"),
    ],
)
def test_what_demands_something_at_some_depth_is_not(repository: Repository, check: dict[str, Any]) -> None:
    assert lint(repository, "--strict", validations=[COUNT, {"target": "a.md", **check}]).code == 0


def test_a_missing_file_is_named_unless_a_run_may_create_it(repository: Repository) -> None:
    repository.write("tools/there.py", "")
    repository.write_contract("G0", required_outputs={"all_of": [{"path": "made.schema.json"}]})
    ended = lint(
        repository,
        pre_scripts=[{"path": "tools/gone.mjs"}, {"path": "tools/there.py"}, {"path": "{artifact_path}/x.py"}],
        validations=[
            COUNT,
            {"type": "json_schema", "target": "a.json", "schema": "schemas/gone.json"},
            {"type": "json_schema", "target": "a.json", "schema": "made.schema.json"},
            {"type": "command", "command": ["python3", "tools/gone.py"]},
            {"type": "command", "command": ["./gone.sh"]},
            {"type": "command", "command": ["npm", "test"]},
        ],
    )
    named = re.findall(r": (\$\S+): warning: the (.+) does not exist \[missing-file\]", ended.out)
    assert named == [
        ("$.pre_scripts[0].path", "script tools/gone.mjs"),
        ("$.validations[1].schema", "JSON schema schemas/gone.json"),
        ("$.validations[3].command[1]", "script tools/gone.py"),
        ("$.validations[4].command[0]", "program ./gone.sh"),
    ], ended.out


def test_every_file_that_a_workflow_lacks_is_named_in_one_lint(repository: Repository) -> None:
    repository.write_workflow("G1", "G2", "G3")
    (repository.root / "orchestration/prompts/tests/G2.md").unlink()
    for gate in ("G2", "G3"):
        repository.write_contract(gate, validations=[COUNT], required_skills=[{"path": "skill.md"}])
    ended = repository.orch("contract", "lint")
    assert ended.code == 2
    assert says(ended.out, "gate-without-contract", gate="G1")
    prompt = "orchestration/prompts/tests/G2.md"
    assert says(ended.out, "missing-prompt", path=prompt, workflow="tests", gate="G2")
    assert ended.out.count(message("no-skill", path="skill.md", reason="")) == 2


def test_where_there_is_no_contract_the_command_that_brings_one_is_named(repository: Repository) -> None:
    assert repository.orch("contract", "lint").err.endswith("\nNext: orch init\n")
    repository.orch("init", "--bare")
    assert repository.orch("contract", "lint").err.endswith("\nNext: orch workflow new my-workflow --gate G1\n")
    repository.orch("workflow", "new", "my-workflow", "--gate", "G1")
    assert repository.orch("contract", "lint").err.endswith("\nNext: orch contract new G1 --name 'Step 1'\n")


def test_a_contract_without_a_workflow_can_be_accepted(repository: Repository) -> None:
    repository.write_contract("GT", validations=[COUNT])
    assert repository.orch("contract", "lint", "--strict").code == 1
    reason = {"no-workflow": "run by hand, with pytest --gate"}
    repository.write_contract("GT", validations=[COUNT], **{"x-accepted-advice": reason})
    assert repository.orch("contract", "lint", "--strict").code == 0


def test_every_topic_is_explained_on_the_page_about_contracts() -> None:
    page = (CHECKOUT / "orchestration/gates/README.md").read_text("utf-8")
    assert [topic for topic in WarningTopic if f"| `{topic}` |" not in page] == []


def test_a_slip_in_what_every_check_may_say_hides_no_fault_of_the_check_itself(repository: Repository) -> None:
    slip = {"type": "regex_match", "target": "/a.md", "regex": "(a", "severity": "warn"}
    ended = lint(repository, validations=[COUNT, slip])
    assert f"{message('unknown-value', value='warn')}{meant('warning')}" in ended.out
    assert f"$.validations[1].regex: {message('bad-regex', reason='')}" in ended.out, ended.out
    assert f"$.validations[1].target: {message('absolute-path', what='path', path='/a.md')}" in ended.out, ended.out


def test_a_file_is_told_by_its_whole_name_whatever_that_holds(repository: Repository) -> None:
    repository.write_contract("a\nb", validations=[COUNT])
    (repository.root / os.fsdecode(b"orchestration/gates/contracts/\xff.contract.json")).write_text("{}")
    ended = repository.orch("contract", "lint")
    assert ended.code == 2
    assert "contracts/a\\nb.contract.json:2: $.gate: " in ended.out, ended.out
    assert "contracts/\\udcff.contract.json:1: $: " in ended.out, ended.out


TITLE = {"type": "frontmatter_status", "target": "{artifact_path}/a.md", "checks": {"title": "Robots"}}


@pytest.mark.parametrize(
    ("header", "named"),
    [
        pytest.param("no header\n", True, id="none"),
        pytest.param("---\ntitle: Robots\n", True, id="no end"),
        pytest.param("---\ntitle: Robots: a history\n---\n", True, id="no YAML"),
        pytest.param("---\ntitle: Robots\ntitle: Robots\n---\n", True, id="a key twice"),
        pytest.param("---\ntitle: Robots\n---\n", False, id="a header"),
        pytest.param(None, False, id="no file"),
    ],
)
def test_a_good_artifact_whose_header_cannot_be_read_is_pointed_at(
    repository: Repository, header: str | None, named: bool
) -> None:
    repository.write("orchestration/gates/examples/GT/e/tea/b.md", "")
    if header is not None:
        repository.write("orchestration/gates/examples/GT/e/tea/a.md", header)
    ended = lint(repository, validations=[COUNT, TITLE])
    assert ("$.validations[1].target: warning: e/tea/a.md of the good artifacts: " in ended.out) is named, ended.out
    assert ("[no-front-matter]" in ended.out) is named


def test_the_value_of_a_good_artifact_that_wants_quotes_is_shown_in_them(repository: Repository) -> None:
    repository.write("orchestration/gates/examples/GT/e/tea/a.md", "---\ntitle: Robots: a history\n---\n")
    assert 'title: "Robots: a history"' in lint(repository, validations=[COUNT, TITLE]).out


def test_what_only_a_mutation_test_says_is_accepted_without_being_needless(repository: Repository) -> None:
    accepted = {"x-accepted-advice": {"survives-emptying": "a mark that work began"}}
    assert lint(repository, "--strict", validations=[COUNT], **accepted).code == 0
    blank = {"x-accepted-advice": {"survives-emptying": ""}}
    assert says(lint(repository, validations=[COUNT], **blank).out, "accepted-without-reason")
