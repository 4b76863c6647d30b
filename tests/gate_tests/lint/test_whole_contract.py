from typing import Any

import pytest

from gate_tests.compiler.gate import compile_gate
from gate_tests.compiler.loader import load_contract
from gate_tests.lint.compiled_sample import CompiledSample
from gate_tests.lint.findings import ContractWarning
from gate_tests.lint.whole_contract import find_warnings
from gate_tests.workspace.names import Depth
from tests.support.repository import Repository

COUNT = {"type": "word_count", "target": "a.md", "min": 10}
EXISTS = {"type": "file_exists", "target": "a.md"}
VERDICT = {"type": "contains_text", "target": "audit.md", "pattern": "Status: PASS"}
NONE = {"type": "not_contains", "target": "a.md", "pattern": "TODO"}
OUTPUT = {"all_of": [{"path": "audit.md"}]}


def warnings(repository: Repository, **contract: Any) -> list[ContractWarning]:
    """What there is to warn of in this contract, in a sample run of each depth."""
    repository.write_contract(**contract)
    loaded = load_contract(repository.workspace, "GT")
    contexts = [repository.context(depth=depth) for depth in Depth]
    samples = [CompiledSample(each.depth, compile_gate(repository.workspace, loaded, each)) for each in contexts]
    return list(find_warnings(loaded, iter(samples)))


def topics(repository: Repository, **contract: Any) -> set[str]:
    return {str(warning.topic) for warning in warnings(repository, **contract)}


def test_a_check_of_the_work_is_evidence(repository: Repository) -> None:
    assert warnings(repository, validations=[COUNT]) == []


@pytest.mark.parametrize(
    ("contract", "topic"),
    [
        pytest.param({"validations": [{**COUNT, "severity": "warning"}]}, "only-warnings", id="no check can fail"),
        pytest.param({"validations": [{**COUNT, "missing_ok": True}]}, "only-if-there", id="no file need exist"),
        pytest.param({"validations": [EXISTS]}, "only-existence", id="any text passes"),
        pytest.param({"validations": [EXISTS, NONE]}, "passes-empty", id="each check forbids"),
        pytest.param({"required_outputs": OUTPUT, "validations": [VERDICT]}, "own-word", id="a verdict on itself"),
    ],
)
def test_a_contract_has_at_most_one_warning_about_the_whole(
    repository: Repository, contract: dict[str, Any], topic: str
) -> None:
    (found,) = warnings(repository, **contract)
    assert (str(found.topic), found.json_path) == (topic, "$")
    assert "at depth" not in found.message


def test_what_is_so_at_some_depths_only_names_them(repository: Repository) -> None:
    outputs = {"all_of": [{"path": "a.md", "optional_for_depth": ["quick"]}]}
    (found,) = warnings(repository, required_outputs=outputs, validations=[{**COUNT, "missing_ok": True}])
    assert str(found.topic) == "only-if-there"
    assert found.message.endswith(" (at depth quick)")


def test_a_script_that_must_succeed_is_evidence_and_one_that_may_fail_is_not(repository: Repository) -> None:
    script = {"path": "build.py"}
    assert topics(repository, validations=[EXISTS], pre_scripts=[script]) == set()
    assert topics(repository, validations=[EXISTS], pre_scripts=[{**script, "may_fail": True}]) == {"only-existence"}


@pytest.mark.parametrize("target", ["audit.md", "*.md"])
def test_a_verdict_of_a_file_that_matches_an_output_is_one_on_itself(repository: Repository, target: str) -> None:
    outputs = {"all_of": [{"path": "*.md"}]}
    assert topics(repository, required_outputs=outputs, validations=[{**VERDICT, "target": target}]) == {"own-word"}


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(COUNT, id="a count"),
        pytest.param({**VERDICT, "target": "other.md"}, id="a verdict in a file that is no output"),
    ],
)
def test_an_own_verdict_beside_other_evidence_is_no_warning(repository: Repository, other: dict[str, Any]) -> None:
    assert warnings(repository, required_outputs=OUTPUT, validations=[VERDICT, other]) == []


def test_a_check_that_requires_nothing_at_any_depth_is_a_warning_once(repository: Repository) -> None:
    trivial = {"type": "min_sources", "target": "a.md", "thresholds": {"default": 0}}
    (found,) = warnings(repository, validations=[COUNT, trivial])
    assert (str(found.topic), found.json_path) == ("demands-nothing", "$.validations[1]")


def test_a_check_that_requires_something_at_one_depth_is_none(repository: Repository) -> None:
    deep = {"type": "min_sources", "target": "a.md", "thresholds": {"default": 0, "deep": 1}}
    assert warnings(repository, validations=[COUNT, deep]) == []


def test_a_warning_about_a_check_is_at_its_value_in_the_contract(repository: Repository) -> None:
    never = {"type": "regex_match", "target": "a.md", "regex": "$a"}
    found = warnings(repository, validations=[COUNT, never])
    assert {(str(each.topic), each.json_path) for each in found} == {("matches-nothing", "$.validations[1].regex")}
    assert len(found) == len(Depth), "one for each sample run: lint_contract drops duplicates"
