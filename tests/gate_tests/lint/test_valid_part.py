import json
from typing import Any

import pytest

from gate_tests.compiler.contract_schema import schema_for
from gate_tests.contract import Contract
from gate_tests.lint.valid_part import extract_valid_part
from gate_tests.strict_json.document import Document

EXISTS = {"type": "file_exists", "target": "a.md"}


def extract(**contract: Any) -> Contract:
    document = Document.parse("GT.contract.json", json.dumps({"gate": "GT", "name": "Test", **contract}).encode())
    extracted = extract_valid_part(document, schema_for(document))
    assert extracted is not None
    return extracted


def test_a_valid_contract_is_left_as_it_is() -> None:
    contract = extract(
        validations=[EXISTS], required_outputs={"all_of": [{"path": "b.md"}]}, pre_scripts=[{"path": "c.py"}]
    )
    assert (contract.gate, contract.name) == ("GT", "Test")
    assert [each.type for each in contract.validations] == ["file_exists"]
    assert [each.path for each in contract.outputs] == ["b.md"]


def test_entries_keep_their_index_where_others_are_invalid() -> None:
    contract = extract(validations=[{"type": "file_exist"}, 3, EXISTS, {"type": "word_count"}])
    assert [each.json_path for each in contract.validations] == [("validations", index) for index in range(4)]
    assert contract.validations[2].keys["target"] == "a.md"
    assert {contract.validations[index].type for index in (0, 1, 3)} == {"file_exists"}, "a placeholder"


def test_outputs_keep_their_group_and_index() -> None:
    contract = extract(required_outputs={"all_of": [{"path": 3}, {"path": "b.md"}], "any_of": [{"path": "c.md"}]})
    by_path = {each.json_path: each.path for each in contract.outputs}
    assert by_path["required_outputs", "all_of", 1] == "b.md"
    assert by_path["required_outputs", "any_of", 0] == "c.md"


@pytest.mark.parametrize("slip", [{"severity": "warn"}, {"missing_ok": "yes"}, {"description": 3}])
def test_a_slip_in_a_key_of_every_check_leaves_the_keys_of_its_type(slip: dict[str, Any]) -> None:
    contract = extract(validations=[{"type": "regex_match", "target": "a.md", "regex": "(a", **slip}])
    (validation,) = contract.validations
    assert (validation.type, validation.keys["regex"]) == ("regex_match", "(a")


@pytest.mark.parametrize("key", ["validations", "pre_scripts", "required_outputs", "limits", "blocking", "unknown"])
def test_a_key_with_an_invalid_value_is_dropped(key: str) -> None:
    contract = extract(**{key: "no such value"})
    assert (contract.gate, contract.validations, contract.outputs) == ("GT", (), ())


@pytest.mark.parametrize("content", [b"[]", b"3", b'"text"', b"null"])
def test_of_a_document_that_is_no_object_there_is_no_part(content: bytes) -> None:
    document = Document.parse("GT.contract.json", content)
    assert extract_valid_part(document, schema_for(document)) is None
