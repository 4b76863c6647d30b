from typing import Any

import pytest

from gate_tests.compiler.loader import load_contract
from gate_tests.contract import Limits, Output, Severity
from gate_tests.workspace.names import Depth
from tests.support.repository import Repository

PATH = "orchestration/gates/contracts/GT.contract.json"
NOT_CONTAINS = {"type": "not_contains", "target": "a.md", "pattern": "x"}


def output(**keys: Any) -> Output:
    defaults: dict[str, Any] = {
        "path": "a.md",
        "description": "",
        "required": True,
        "required_for_depth": None,
        "optional_for_depth": frozenset(),
        "json_path": (),
    }
    return Output(**{**defaults, **keys})


def test_a_contract_is_read_as_it_stands(repository: Repository) -> None:
    repository.write_contract(
        blocking=False,
        description="Why",
        required_outputs={
            "any_of": [{"path": "a.md", "description": "A"}],
            "all_of": [{"path": "b.md", "required": False, "optional_for_depth": ["deep"]}],
        },
        validations=[{**NOT_CONTAINS, "severity": "warning", "missing_ok": True, "description": "Because"}],
        limits={"text_bytes": 10, "markdown_bytes": 5, "regex_s": 0.5, "check_s": 3},
    )
    contract = load_contract(repository.workspace, "GT")
    assert (contract.gate, contract.name, contract.blocking, contract.description) == ("GT", "Test", False, "Why")
    assert [output.path for output in contract.outputs] == ["a.md", "b.md"]
    assert contract.all_of[0].json_path == ("required_outputs", "all_of", 0)
    (validation,) = contract.validations
    assert validation.keys == {"target": "a.md", "pattern": "x"}
    assert (validation.severity, validation.missing_ok) == (Severity.WARNING, True)
    assert contract.limits == Limits(text_bytes=10, markdown_bytes=5, regex_s=0.5, check_s=3)
    assert contract.document.path == PATH


def test_a_contract_blocks_and_its_checks_are_errors_unless_it_says_otherwise(repository: Repository) -> None:
    repository.write_contract(validations=[NOT_CONTAINS])
    contract = load_contract(repository.workspace, "GT")
    assert contract.blocking
    assert contract.validations[0].severity is Severity.ERROR
    assert not contract.validations[0].missing_ok
    assert contract.limits == Limits(text_bytes=16_777_216, markdown_bytes=2_097_152, regex_s=2, check_s=600)


@pytest.mark.parametrize(
    ("keys", "optional_at"),
    [
        pytest.param({}, "", id="required"),
        pytest.param({"required": False}, "quick standard deep", id="not required"),
        pytest.param({"required_for_depth": frozenset({"deep"})}, "quick standard", id="required for deep"),
        pytest.param(
            {"required": False, "required_for_depth": frozenset({"deep"})},
            "quick standard",
            id="the depths win over false",
        ),
        pytest.param(
            {"required": True, "required_for_depth": frozenset({"deep"})},
            "quick standard",
            id="the depths win over true",
        ),
        pytest.param({"required_for_depth": frozenset[str]()}, "quick standard deep", id="required for no depth"),
        pytest.param({"optional_for_depth": frozenset({"quick"})}, "quick", id="optional for quick"),
        pytest.param(
            {"required_for_depth": frozenset({"quick", "deep"}), "optional_for_depth": frozenset({"quick"})},
            "quick standard",
            id="optional wins where both name a depth",
        ),
    ],
)
def test_an_output_is_optional_by_depth(keys: dict[str, Any], optional_at: str) -> None:
    assert [str(depth) for depth in Depth if output(**keys).is_optional(depth)] == optional_at.split()
