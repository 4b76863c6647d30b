import json
import os
import sys
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft7Validator

from gate_tests.checks.registry import BUILT_IN_TYPES
from gate_tests.compiler.contract_schema import contract_schema
from gate_tests.compiler.loader import load_contract
from gate_tests.contract import Contract
from gate_tests.errors import Exit, InvalidFile, Refused
from tests.support.messages import meant, message, pattern
from tests.support.repository import Repository

PATH = "orchestration/gates/contracts/GT.contract.json"
NOT_CONTAINS = {"type": "not_contains", "target": "a.md", "pattern": "x"}
NO_OBJECT = message("wrong-type", kind="an object")
MIN_SOURCES = {"type": "min_sources", "target": "a.md", "thresholds": {"default": 1}}
HEADINGS = {"type": "contains_headings", "target": "a.md", "required_headings": ["# A"]}


def write(repository: Repository, keys: dict[str, Any]) -> None:
    repository.write(PATH, json.dumps({"gate": "GT", "name": "Test", **keys}, indent=2))


def test_every_shipped_contract_is_valid(shipped: Repository) -> None:
    gates = shipped.workspace.gates_with_contract()
    assert gates == ["D1", "D2", "D3", "D4", "G1", "G2", "G3"]
    assert [load_contract(shipped.workspace, gate).gate for gate in gates] == gates


def test_what_is_not_interpreted_is_accepted(repository: Repository) -> None:
    own = {"$schema": "x", "x-team": [1], "x-": None}
    texts = {"notes": "n", "agent": "a"}
    original = {"recommended_files": ["a"], "verification_rules": {"a": 1}, "audit_criteria": [{}]}
    write(repository, {**own, **texts, **original, "validations": [NOT_CONTAINS]})
    assert load_contract(repository.workspace, "GT").gate == "GT"


def test_the_schema_is_a_schema_and_knows_every_check_type() -> None:
    Draft7Validator.check_schema(contract_schema())
    branches = contract_schema()["definitions"]["validation"]["allOf"]
    assert [branch["then"]["title"] for branch in branches] == list(BUILT_IN_TYPES)


def refused(name: str, keys: dict[str, Any], line: int, fault: str) -> Any:
    return pytest.param(keys, line, fault, id=name)


def refused_output(name: str, entry: object, line: int, fault: str) -> Any:
    return refused(name, {"required_outputs": {"all_of": [entry]}}, line, f"$.required_outputs.all_of[0]{fault}")


def refused_check(name: str, check: dict[str, Any], changes: dict[str, Any], line: int, fault: str) -> Any:
    return refused(name, {"validations": [{**check, **changes}]}, line, f"$.validations[0]{fault}")


REFUSED = [
    refused(
        "unknown key",
        {"validation": []},
        4,
        f"$.validation: {message('unknown-key', key='validation')}{meant('validations')}",
    ),
    refused(
        "unknown key like no other",
        {"zzz": 1},
        4,
        f"$.zzz: {message('unknown-key', key='zzz')} (known: $schema, gate, name, ",
    ),
    refused("empty name", {"name": ""}, 3, f'$.name: {message("empty-value")} (found "")'),
    refused("number for a name", {"name": 5}, 3, f"$.name: {message('wrong-type', kind='a string')} (found 5)"),
    refused("other gate", {"gate": "G1"}, 2, f"$.gate: {message('other-than-file-name', name='G1', stem='GT')}"),
    refused("other letter case", {"gate": "gt"}, 2, f"$.gate: {message('other-than-file-name', name='gt', stem='GT')}"),
    refused(
        "text for true or false",
        {"blocking": "no"},
        4,
        f'$.blocking: {message("wrong-type", kind="true or false")} (found "no")',
    ),
    refused("0 for false", {"blocking": 0}, 4, f"$.blocking: {message('wrong-type', kind='true or false')} (found 0)"),
    refused(
        "list of outputs",
        {"required_outputs": []},
        4,
        f"$.required_outputs: {message('wrong-type', kind='an object')} (found [])",
    ),
    refused(
        "unknown group",
        {"required_outputs": {"one_of": []}},
        5,
        f"$.required_outputs.one_of: {message('unknown-key', key='one_of')} (known: any_of, all_of)",
    ),
    refused(
        "empty any_of",
        {"required_outputs": {"any_of": []}},
        5,
        f"$.required_outputs.any_of: {message('empty-value')} (found [])",
    ),
    refused(
        "empty all_of",
        {"required_outputs": {"all_of": []}},
        5,
        f"$.required_outputs.all_of: {message('empty-value')} (found [])",
    ),
    refused(
        "object for a list",
        {"required_outputs": {"any_of": {}}},
        5,
        f"$.required_outputs.any_of: {message('wrong-type', kind='a list')} (found {{}})",
    ),
    refused_output("bare path", "a.md", 6, f': {message("wrong-type", kind="an object")} (found "a.md")'),
    refused_output("output without path", {}, 6, f": {message('missing-key', key='path')}"),
    refused_output("slip in path", {"pth": "a"}, 6, f": {message('missing-key', key='path')} (found 'pth')"),
    refused_output("empty path", {"path": ""}, 7, f'.path: {message("empty-value")} (found "")'),
    refused_output(
        "text for required",
        {"path": "a", "required": "no"},
        8,
        f'.required: {message("wrong-type", kind="true or false")} (found "no")',
    ),
    refused_output(
        "bare depth",
        {"path": "a", "required_for_depth": "deep"},
        8,
        f'.required_for_depth: {message("wrong-type", kind="a list")} (found "deep")',
    ),
    refused_output(
        "unknown depth",
        {"path": "a", "optional_for_depth": ["quik"]},
        9,
        f".optional_for_depth[0]: {message('unknown-value', value='quik')}{meant('quick')}",
    ),
    refused_output(
        "depth twice",
        {"path": "a", "optional_for_depth": ["deep", "deep"]},
        8,
        f'.optional_for_depth: {message("twice-in-list")} (found ["deep", "deep"])',
    ),
    refused(
        "object of checks",
        {"validations": {"type": "x"}},
        4,
        f'$.validations: {message("wrong-type", kind="a list")} (found {{"type": "x"}})',
    ),
    refused(
        "bare type",
        {"validations": ["zzz"]},
        5,
        f'$.validations[0]: {message("wrong-type", kind="an object")} (found "zzz")',
    ),
    refused(
        "second check",
        {"validations": [NOT_CONTAINS, {}]},
        10,
        f"$.validations[1]: {message('missing-key', key='type')}",
    ),
    refused_check("no type", {}, {"target": "a"}, 5, f": {message('missing-key', key='type')}"),
    refused_check(
        "slip in a type",
        {},
        {"type": "min_source"},
        6,
        f".type: {message('unknown-value', value='min_source')}{meant('min_sources')}",
    ),
    refused_check(
        "unknown type", {}, {"type": "zzz"}, 6, f".type: {message('unknown-value', value='zzz')} (known: file_exists, "
    ),
    refused_check("number for a type", {}, {"type": 5}, 6, f".type: {message('one-of', values='')}"),
    refused_check(
        "type never written",
        {},
        {"type": "file_exists_any_of"},
        6,
        f".type: {message('unknown-value', value='file_exists_any_of')}",
    ),
    refused_check(
        "slip in a key",
        NOT_CONTAINS,
        {"severty": "warning"},
        9,
        f".severty: {message('unknown-key', key='severty')}{meant('severity')}",
    ),
    refused_check(
        "key of another type",
        NOT_CONTAINS,
        {"thresholds": {"deep": 1}},
        9,
        f".thresholds: {message('unknown-key', key='thresholds')}",
    ),
    refused_check(
        "slip in a severity",
        NOT_CONTAINS,
        {"severity": "warn"},
        9,
        f".severity: {message('unknown-value', value='warn')}{meant('warning')}",
    ),
    refused_check(
        "unknown severity",
        NOT_CONTAINS,
        {"severity": "info"},
        9,
        f".severity: {message('unknown-value', value='info')} (known: error, warning)",
    ),
    refused_check(
        "1 for true",
        NOT_CONTAINS,
        {"missing_ok": 1},
        9,
        f".missing_ok: {message('wrong-type', kind='true or false')} (found 1)",
    ),
    refused_check(
        "null for a text",
        NOT_CONTAINS,
        {"description": None},
        9,
        f".description: {message('wrong-type', kind='a string')} (found null)",
    ),
    refused_check(
        "file_exists without target", {}, {"type": "file_exists"}, 5, f": {message('missing-key', key='target')}"
    ),
    refused_check(
        "not_contains without target",
        {},
        {"type": "not_contains", "pattern": "x"},
        5,
        f": {message('missing-key', key='target')}",
    ),
    refused_check(
        "list of targets",
        NOT_CONTAINS,
        {"target": ["a.md"]},
        7,
        f'.target: {message("wrong-type", kind="a string")} (found ["a.md"])',
    ),
    refused_check("empty pattern", NOT_CONTAINS, {"pattern": ""}, 8, f'.pattern: {message("empty-value")} (found "")'),
    refused_check(
        "number for a pattern",
        NOT_CONTAINS,
        {"pattern": 5},
        8,
        f".pattern: {message('wrong-type', kind='a string')} (found 5)",
    ),
    refused_check(
        "patterns",
        {"type": "not_contains", "target": "a"},
        {"patterns": "x"},
        5,
        f": {message('missing-key', key='pattern')} (found 'patterns')",
    ),
    refused_check(
        "no headings",
        {"type": "contains_headings", "target": "a"},
        {},
        5,
        f": {message('missing-key', key='required_headings')}",
    ),
    refused_check(
        "empty list of headings",
        HEADINGS,
        {"required_headings": []},
        8,
        f".required_headings: {message('empty-value')} (found [])",
    ),
    refused_check(
        "bare heading",
        HEADINGS,
        {"required_headings": "# A"},
        8,
        f'.required_headings: {message("wrong-type", kind="a list")} (found "# A")',
    ),
    refused_check("empty heading", HEADINGS, {"required_headings": ["# A", ""]}, 10, ".required_headings[1]: must "),
    refused_check("heading of signs only", HEADINGS, {"required_headings": ["## "]}, 9, ".required_headings[0]: must "),
    refused_check(
        "no thresholds", {"type": "min_sources", "target": "a"}, {}, 5, f": {message('missing-key', key='thresholds')}"
    ),
    refused_check(
        "bare threshold",
        MIN_SOURCES,
        {"thresholds": 3},
        8,
        f".thresholds: {message('wrong-type', kind='an object')} (found 3)",
    ),
    refused_check(
        "empty thresholds", MIN_SOURCES, {"thresholds": {}}, 8, f".thresholds: {message('empty-value')} (found {{}})"
    ),
    refused_check(
        "slip in a depth",
        MIN_SOURCES,
        {"thresholds": {"dep": 3}},
        9,
        f".thresholds.dep: {message('unknown-key', key='dep')}{meant('deep')}",
    ),
    refused_check(
        "negative threshold",
        MIN_SOURCES,
        {"thresholds": {"deep": -1}},
        9,
        f".thresholds.deep: {message('too-small', limit=0)} (found -1)",
    ),
    refused_check(
        "text for a threshold",
        MIN_SOURCES,
        {"thresholds": {"deep": "3"}},
        9,
        f'.thresholds.deep: {message("wrong-type", kind="a number")} (found "3")',
    ),
    refused_check(
        "true for a threshold",
        MIN_SOURCES,
        {"thresholds": {"deep": True}},
        9,
        f".thresholds.deep: {message('wrong-type', kind='a number')} (found true)",
    ),
    refused_check(
        "slip in a heuristic",
        MIN_SOURCES,
        {"heuristic": "best"},
        11,
        f".heuristic: {message('unknown-value', value='best')}{meant('best_of')}",
    ),
    refused(
        "slip in a limit",
        {"limits": {"text_byte": 1}},
        5,
        f"$.limits.text_byte: {message('unknown-key', key='text_byte')}{meant('text_bytes')}",
    ),
    refused(
        "no bytes at all",
        {"limits": {"text_bytes": 0}},
        5,
        f"$.limits.text_bytes: {message('too-small', limit=1)} (found 0)",
    ),
    refused(
        "more bytes than fit",
        {"limits": {"text_bytes": 67_108_865}},
        5,
        f"$.limits.text_bytes: {message('too-large', limit=67_108_864)} (found 67108865)",
    ),
    refused(
        "more Markdown than fits",
        {"limits": {"markdown_bytes": 8_388_609}},
        5,
        f"$.limits.markdown_bytes: {message('too-large', limit=8_388_608)} (found 8388609)",
    ),
    refused(
        "half a byte",
        {"limits": {"text_bytes": 1.5}},
        5,
        f"$.limits.text_bytes: {message('wrong-type', kind='an integer')} (found 1.5)",
    ),
    refused(
        "no time at all", {"limits": {"regex_s": 0}}, 5, f"$.limits.regex_s: {message('not-more', limit=0)} (found 0)"
    ),
    refused(
        "text for a time",
        {"limits": {"check_s": "9"}},
        5,
        f'$.limits.check_s: {message("wrong-type", kind="a number")} (found "9")',
    ),
]


def problems(load: Callable[[], Contract]) -> tuple[str, ...] | None:
    """What is wrong with the contract; None if nothing."""
    try:
        load()
    except InvalidFile as refused:
        return refused.problems
    return None


@pytest.mark.parametrize(("keys", "line", "fault"), REFUSED)
def test_a_wrong_contract_is_refused_with_file_line_and_json_path(
    repository: Repository, keys: dict[str, Any], line: int, fault: str
) -> None:
    write(repository, keys)
    with pytest.raises(InvalidFile) as refused:
        load_contract(repository.workspace, "GT")
    told = refused.value.problems
    assert any(problem.startswith(f"{PATH}:{line}: {fault}") for problem in told), told
    assert refused.value.exit_code == Exit.REFUSED


@pytest.mark.parametrize(
    ("keys", "path"),
    [
        pytest.param({"limits": {"x-why": 1}}, "$.limits.x-why", id="limits"),
        pytest.param({"required_outputs": {"x-why": 1}}, "$.required_outputs.x-why", id="outputs"),
        pytest.param({"validations": [{**NOT_CONTAINS, "x-why": 1}]}, "$.validations[0].x-why", id="check"),
        pytest.param(
            {"validations": [{**MIN_SOURCES, "thresholds": {"default": 1, "x-why": 1}}]},
            "$.validations[0].thresholds.x-why",
            id="thresholds",
        ),
    ],
)
def test_a_key_of_ones_own_further_down_is_accepted_or_refused_like_any_other_unknown_key(
    repository: Repository, keys: dict[str, Any], path: str
) -> None:
    write(repository, {"validations": [NOT_CONTAINS], **keys})
    told = problems(lambda: load_contract(repository.workspace, "GT"))
    assert told is None or f"{path}: {message('unknown-key', key='x-why')}" in "".join(told)


def test_all_faults_are_told_at_once_in_the_order_of_the_file(repository: Repository) -> None:
    repository.write_contract(blocking=1, validations=[{**NOT_CONTAINS, "pattern": 1}, {"type": "zzz"}], zzz=1)
    with pytest.raises(InvalidFile) as refused:
        load_contract(repository.workspace, "GT")
    lines = [int(problem.split(":")[1]) for problem in refused.value.problems]
    assert lines == [4, 9, 12, 15]
    assert refused.value.message == "\n".join(refused.value.problems)


@pytest.mark.parametrize(
    ("keys", "key"), [pytest.param({"name": "T"}, "gate", id="gate"), pytest.param({"gate": "GT"}, "name", id="name")]
)
def test_gate_and_name_are_required(repository: Repository, keys: dict[str, str], key: str) -> None:
    repository.write(PATH, json.dumps(keys))
    with pytest.raises(InvalidFile, match=rf"^{PATH}:1: \$: {pattern('missing-key', key=key)}$"):
        load_contract(repository.workspace, "GT")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param("", f": {message('empty-file')}", id="empty"),
        pytest.param('{"gate": "GT",\n}', f":1: {message('not-json', reason='trailing comma')}", id="trailing comma"),
        pytest.param(
            '{"gate": "GT",\n"gate": "GT"}', f":2: {message('duplicate-key', key='gate', line=1)}", id="key twice"
        ),
        pytest.param("[]", f":1: $: {NO_OBJECT} (found [])", id="list"),
        pytest.param('"GT"', f':1: $: {NO_OBJECT} (found "GT")', id="text"),
        pytest.param("null", f":1: $: {NO_OBJECT} (found null)", id="null"),
    ],
)
def test_a_contract_that_is_no_json_object_is_refused(repository: Repository, text: str, fault: str) -> None:
    repository.write(PATH, text)
    with pytest.raises(InvalidFile) as refused:
        load_contract(repository.workspace, "GT")
    assert refused.value.message.startswith(PATH + fault)


def test_a_byte_order_mark_before_a_contract_is_dropped(repository: Repository) -> None:
    path = repository.write_contract(validations=[NOT_CONTAINS])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load_contract(repository.workspace, "GT").name == "Test"


@pytest.mark.parametrize("kind", ["folder", "fifo", "loop of symlinks"])
def test_a_contract_that_is_no_file_is_invalid(repository: Repository, kind: str) -> None:
    path = repository.root / PATH
    path.parent.mkdir(parents=True)
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path.symlink_to(path.name)
    with pytest.raises(InvalidFile, match=rf"^{PATH}: "):
        load_contract(repository.workspace, "GT")


def test_a_gate_without_contract_is_refused_with_the_one_that_was_probably_meant(repository: Repository) -> None:
    repository.write_contract("G4.5", validations=[NOT_CONTAINS])
    with pytest.raises(Refused) as refused:
        load_contract(repository.workspace, "G45")
    missing = message("no-contract", gate="G45", path="orchestration/gates/contracts/G45.contract.json")
    assert refused.value.message == missing + meant("G4.5")


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param({"validations": [{**NOT_CONTAINS, "description": "\ud800"}]}, id="description"),
        pytest.param({"validations": [{**NOT_CONTAINS, "pattern": "\ud800"}]}, id="pattern"),
        pytest.param({"validations": [{**HEADINGS, "required_headings": ["\ud800"]}]}, id="heading"),
    ],
)
def test_half_a_surrogate_pair_which_no_record_can_hold_is_refused(
    repository: Repository, keys: dict[str, Any]
) -> None:
    write(repository, keys)
    with pytest.raises(InvalidFile, match=rf"^{PATH}:"):
        load_contract(repository.workspace, "GT")


def test_a_long_value_is_cut_in_a_message(repository: Repository) -> None:
    repository.write_contract(validations=[{**NOT_CONTAINS, "pattern": ["word"] * 100}])
    with pytest.raises(InvalidFile) as refused:
        load_contract(repository.workspace, "GT")
    assert refused.value.message.endswith("…)")
    assert len(refused.value.message) < 200


def test_a_valid_contract_costs_no_import_of_jsonschema(shipped: Repository) -> None:
    program = (
        "import sys; from pathlib import Path; from gate_tests.compiler.loader import load_contract;"
        " from gate_tests.workspace.layout import Workspace; print(load_contract(Workspace(Path('.')), 'G2').gate);"
        " print([name for name in sys.modules if 'jsonschema' in name])"
    )
    assert shipped.run(sys.executable, "-c", program).out.split() == ["G2", "[]"]
