"""The registry finds each check type by its name."""

import pytest

from gate_tests.checks.check_type import CheckType
from gate_tests.checks.registry import BUILT_IN_TYPES, COMPILED_TYPES, check_type, describe_fix, list_type_names
from gate_tests.errors import InvalidFile


@pytest.mark.parametrize("name", [*BUILT_IN_TYPES, *COMPILED_TYPES])
def test_a_type_is_registered_by_its_own_name(name: str) -> None:
    found = check_type(name)
    assert isinstance(found, CheckType)
    assert found.name == name


@pytest.mark.parametrize("name", BUILT_IN_TYPES)
def test_a_type_requires_only_keys_that_it_has_and_its_target_is_one_of_them(name: str) -> None:
    found = check_type(name)
    assert set(found.required) <= found.keys.keys()
    assert found.target_key is None or found.target_key in found.required


@pytest.mark.parametrize("name", BUILT_IN_TYPES)
def test_an_example_has_the_type_and_all_required_keys(name: str) -> None:
    found = check_type(name)
    assert found.example["type"] == name
    assert set(found.required) <= found.example.keys()


def test_a_compiled_type_cannot_be_named_by_a_contract() -> None:
    assert COMPILED_TYPES.keys().isdisjoint(list_type_names())


def test_an_unknown_type_is_an_error_but_a_failure_of_it_has_a_fix() -> None:
    with pytest.raises(InvalidFile, match="'gone_type'"):
        check_type("gone_type")
    assert describe_fix("gone_type")
