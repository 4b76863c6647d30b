"""Three files for each check type: one where it holds, one where it fails, one that no contract may say."""

from typing import Any

import pytest

from gate_tests.checks.registry import BUILT_IN_TYPES, check_type
from gate_tests.checks.result import COMMON_KEYS
from gate_tests.errors import InvalidFile
from tests.support.check_examples import EXAMPLES, example, served, tried
from tests.support.checks import compiled
from tests.support.repository import Repository


def holds_what_was_said(row: dict[str, Any], case: dict[str, Any]) -> bool:
    return all(key in row and row[key] == value for key, value in case["row"].items())


@pytest.mark.quick("*")
@pytest.mark.parametrize("name", BUILT_IN_TYPES)
def test_it_holds_where_it_should(name: str, repository: Repository) -> None:
    with served(example(name, "passes")) as case:
        check = tried(repository, case)
    assert check.row["pass"], check.row["reason"]
    assert holds_what_was_said(check.row, case), check.row


@pytest.mark.quick("*")
@pytest.mark.parametrize("name", BUILT_IN_TYPES)
def test_it_fails_where_it_should_and_says_why(name: str, repository: Repository) -> None:
    with served(example(name, "fails")) as case:
        check = tried(repository, case)
    assert not check.row["pass"]
    assert holds_what_was_said(check.row, case), check.row
    assert case["reason"] in check.row["reason"]


@pytest.mark.quick("*")
@pytest.mark.parametrize("name", BUILT_IN_TYPES)
def test_what_means_nothing_is_refused(name: str, repository: Repository) -> None:
    case = example(name, "malformed")
    with pytest.raises(InvalidFile) as refused:
        compiled(repository, validations=[case["validation"]])
    assert case["fault"] in refused.value.message
    assert "GT.contract.json:" in refused.value.message


@pytest.mark.parametrize("kind", ["passes", "fails"])
@pytest.mark.quick("*")
@pytest.mark.parametrize("name", BUILT_IN_TYPES)
def test_what_is_measured_is_described_and_recorded(name: str, kind: str, repository: Repository) -> None:
    with served(example(name, kind)) as case:
        assert set(tried(repository, case).row) - COMMON_KEYS == set(check_type(name).measures)


@pytest.mark.quick("*")
@pytest.mark.parametrize("name", BUILT_IN_TYPES)
def test_the_example_of_the_schema_is_one_that_a_contract_may_say(name: str, repository: Repository) -> None:
    outputs = {"all_of": [{"path": "{artifact_path}/work.md"}]}
    *_, check = compiled(repository, required_outputs=outputs, validations=[check_type(name).example]).checks
    assert check.type.name == name


def test_no_example_is_left_over() -> None:
    assert {folder.name for folder in EXAMPLES.iterdir()} == set(BUILT_IN_TYPES)
