"""What a change of a contract is called, apart from the keys of its checks."""

import json
from typing import Any

import pytest

from gate_tests.compiler.contract_changes import _LIMITS, COMPARED_KEYS, IGNORED_KEYS
from gate_tests.compiler.contract_schema import contract_schema
from tests.support.contract_changes import compare, described
from tests.support.repository import Repository

A, B, C = {"path": "a.md"}, {"path": "b.md"}, {"path": "c.md"}
EXISTS = {"type": "file_exists", "target": "a.md"}
SOURCES = {"type": "min_sources", "target": "a.md", "thresholds": {"default": 1}}
RUNS = {"type": "command", "command": ["make"]}
SCRIPT = {"path": "s.sh"}


def all_of(*outputs: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {"required_outputs": {"all_of": list(outputs)}, **keys}


def any_of(*outputs: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {"required_outputs": {"any_of": list(outputs)}, **keys}


def checks(*validations: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {"validations": list(validations), **keys}


ADDED_PROGRAM = "it runs before the checks and may write what they examine"
CHANGES = [
    (all_of(A), all_of(A, B), ["tighter output b.md: added"]),
    (all_of(A, B), all_of(A), ["looser output b.md: removed"]),
    (all_of(A, B), all_of(B, A), []),
    (all_of(A), all_of({**A, "required": False}), ["looser output a.md: now optional"]),
    (all_of({**A, "required": False}), all_of(A), ["tighter output a.md: now required", "looser contract: valid"]),
    (
        all_of(A, B),
        all_of(A, {**B, "optional_for_depth": ["quick"]}),
        ["looser output b.md: now optional at depth quick"],
    ),
    (all_of(A, B), all_of(A, {**B, "required_for_depth": ["quick", "standard", "deep"]}), []),
    (all_of(A), all_of({**A, "allow_empty": True}), ["looser output a.md: allow_empty false → true"]),
    (all_of({"path": "*.md"}), all_of({"path": "*.md", "min_files": 1}), []),
    (all_of({"path": "*.md"}), all_of({"path": "*.md", "min_files": 2}), ["tighter output *.md: min_files 1 → 2"]),
    (all_of({"path": "*.md"}), all_of({"path": "**"}), ["looser output *.md: removed", "tighter output **: added"]),
    (any_of(A), any_of(A, B), ["looser output b.md: added to any_of"]),
    (any_of(A, B), any_of(A), ["unknown output b.md: removed from any_of"]),
    (any_of(A, B), any_of(B, A), []),
    (any_of(A, B, C), any_of(B, A, C), ["unknown any_of: in another order"]),
    (
        any_of(A, B, validations=[{"type": "no_secrets"}]),
        any_of(A, validations=[{"type": "no_secrets"}]),
        ["looser output b.md: removed from any_of"],
    ),
    (all_of(A), any_of(A), ["tighter output a.md: added to any_of", "looser output a.md: removed"]),
    (
        checks(SOURCES),
        any_of(A, B, validations=[SOURCES]),
        [
            "tighter output a.md: added to any_of",
            "tighter output b.md: added to any_of",
            "looser min_sources a.md: another output of any_of may replace the target",
        ],
    ),
    (
        all_of(A),
        all_of(A, validations=[{"type": "file_exists", "target": "all_required", "severity": "warning"}]),
        ["looser severity of the outputs: all_required error → warning"],
    ),
    (all_of(A), all_of(A, validations=[{"type": "file_exists", "target": "all_required"}]), []),
    (
        all_of(A, validations=[{"type": "changed_in_attempt"}]),
        all_of(A, B, validations=[{"type": "changed_in_attempt"}]),
        ["tighter output b.md: added", "looser changed_in_attempt: a change of b.md is now enough"],
    ),
    (checks(EXISTS, SOURCES), checks(SOURCES, EXISTS), []),
    (checks(EXISTS, EXISTS), checks(EXISTS), ["looser file_exists a.md: check removed"]),
    (checks(EXISTS), checks(EXISTS, SOURCES), ["tighter min_sources a.md: check added"]),
    (checks(EXISTS), checks(EXISTS, RUNS), [f"unknown command make: check added; {ADDED_PROGRAM}"]),
    (checks(EXISTS), checks({**EXISTS, "description": "New"}), []),
    (checks(EXISTS), checks({**EXISTS, "severity": "warning"}), ["looser file_exists a.md: severity error → warning"]),
    (checks({**EXISTS, "severity": "warning"}), checks(EXISTS), ["tighter file_exists a.md: severity warning → error"]),
    (checks(EXISTS), checks({**EXISTS, "missing_ok": True}), ["looser file_exists a.md: missing_ok false → true"]),
    (checks(EXISTS, blocking=True), checks(EXISTS), []),
    (checks(EXISTS), checks(EXISTS, blocking=False), ["looser contract: blocking true → false"]),
    (checks(EXISTS), checks(EXISTS, limits={"regex_s": 3}), ["looser limits: regex_s 2 → 3"]),
    (checks(EXISTS), checks(EXISTS, limits={"text_bytes": 10}), ["tighter limits: text_bytes 16777216 → 10"]),
    (checks(EXISTS), checks(EXISTS, limits={"check_s": 10}), ["unknown limits: check_s 600 → 10"]),
    (checks(RUNS), checks(RUNS, limits={"check_s": 900}), ["looser limits: check_s", "looser command make: timeout_s"]),
    (checks(EXISTS), checks(EXISTS, pre_scripts=[SCRIPT]), [f"unknown pre_script s.sh: added; {ADDED_PROGRAM}"]),
    (checks(EXISTS, pre_scripts=[SCRIPT]), checks(EXISTS), ["looser pre_script s.sh: removed"]),
    (checks(EXISTS, pre_scripts=[SCRIPT]), checks(EXISTS, pre_scripts=[{**SCRIPT, "interpreter": "sh"}]), []),
    (
        checks(EXISTS, pre_scripts=[SCRIPT]),
        checks(EXISTS, pre_scripts=[{**SCRIPT, "interpreter": "true"}]),
        ['looser pre_script s.sh: interpreter sh → "true"'],
    ),
    (
        checks(EXISTS, pre_scripts=[SCRIPT]),
        checks(EXISTS, pre_scripts=[{**SCRIPT, "may_fail": True, "args": ["-n"], "timeout_s": 600}]),
        ['looser pre_script s.sh: arguments [] → ["-n"]', "looser pre_script s.sh: may_fail false → true"],
    ),
    (
        checks(EXISTS, pre_scripts=[SCRIPT, {"path": "t.sh"}]),
        checks(EXISTS, pre_scripts=[{"path": "t.sh"}, SCRIPT]),
        ["unknown pre_scripts: in another order"],
    ),
    (
        checks(EXISTS),
        checks(EXISTS, **{"x-accepted-advice": {"only-existence": "enough"}}),
        ["looser x-accepted-advice: only-existence added"],
    ),
    (
        checks(EXISTS, **{"x-accepted-advice": {"only-existence": " "}}),
        checks(EXISTS, **{"x-accepted-advice": {"only-existence": "enough"}}),
        ["looser x-accepted-advice: only-existence added"],
    ),
    (checks(EXISTS), checks(EXISTS, notes="New", agent="other", **{"x-team": 1, "audit_criteria": []}), []),
    (
        all_of({**A, "optional_for_depth": ["quick"]}),
        all_of({**A, "optional_for_depth": ["quick"]}, validations=[{**EXISTS, "severity": "warning"}]),
        ["tighter file_exists a.md: check added", "looser contract: valid at depth quick, where it had no check"],
    ),
]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [pytest.param(*each, id="; ".join(each[2]) or f"none: {json.dumps(each[1])}") for each in CHANGES],
)
def test_each_change_of_a_contract_is_named(
    before: dict[str, Any], after: dict[str, Any], expected: list[str], repository: Repository
) -> None:
    changes = described(compare(repository, before, after))
    for change in expected:
        assert any(each.startswith(change) for each in changes), changes
    assert all(any(each.startswith(change) for change in expected) for each in changes), changes


def test_each_key_of_a_contract_is_compared_or_decides_nothing() -> None:
    schema = contract_schema()
    assert set(schema["properties"]) == COMPARED_KEYS | IGNORED_KEYS
    assert set(schema["properties"]["limits"]["properties"]) == set(_LIMITS)
    required = {"path", "description", "required", "required_for_depth", "optional_for_depth"}
    assert set(schema["definitions"]["output"]["properties"]) == {*required, "allow_empty", "min_files"}
    script = {"path", "args", "interpreter", "timeout_s", "may_fail"}
    assert set(schema["definitions"]["pre_script"]["properties"]) == script


def test_a_change_is_one_short_line_without_control_characters(repository: Repository) -> None:
    text = {"type": "contains_text", "target": "a.md", "pattern": "\x1b[31m\n" + "tea " * 100}
    (change,) = described(compare(repository, checks(EXISTS), checks(EXISTS, {**text, "target": "a\x1b.md"})))
    assert change.isprintable()
    (change,) = described(compare(repository, checks({**text, "pattern": "tea "}), checks(text)))
    assert change.isprintable()
    assert len(change) < 120
