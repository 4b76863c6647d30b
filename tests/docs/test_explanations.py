"""The pages of docs/explanation: what they refer to exists."""

import re

import pytest

from gate_tests.checks.registry import BUILT_IN_TYPES
from tests.support import CHECKOUT

PAGES = sorted(path.name for path in (CHECKOUT / "docs/explanation").glob("*.md"))
THREATS = (CHECKOUT / "docs/explanation/threat-model.md").read_text("utf-8")


def test_every_test_that_the_threat_model_names_exists() -> None:
    named = re.findall(r"`([\w/]+/test_\w+\.py)`", THREATS)
    assert [path for path in named if not (CHECKOUT / "tests" / path).is_file()] == []
    assert len(set(named)) > 10


def test_every_attack_of_the_threat_model_names_what_notices_it_and_a_test() -> None:
    tables = re.findall(r"^\| (?:attack|mistake|forgery) \|.*?(?=\n\n)", THREATS, re.MULTILINE | re.DOTALL)
    rows = [row.strip("| ").split(" | ") for table in tables for row in table.splitlines()[2:]]
    assert len(tables) == 4
    assert [row for row in rows if len(row) != 3 or "test_" not in row[2]] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_check_type_that_a_page_links_exists(page: str) -> None:
    text = (CHECKOUT / "docs/explanation" / page).read_text("utf-8")
    assert set(re.findall(r"reference/checks/(\w+)\.md", text)) - {"README"} <= {*BUILT_IN_TYPES}
