"""Three files for each check type: one where it holds, one where it fails, one that no contract may say."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from gate_tests.checks.registry import RULES, rule_type
from gate_tests.compiler.options import Circumstances
from gate_tests.errors import InvalidFile
from gate_tests.programs.program import ProgramsThatRan, Ran
from tests.gate_tests.checking import Tried, compiled, evaluate_all
from tests.gate_tests.reachability.site import serving
from tests.repository import Repository

EXAMPLES = Path(__file__).with_name("examples")
TEA = {"slug": "tea", "artifact_path": "src/app/essays/tea"}


def example(name: str, kind: str) -> Any:
    return json.loads((EXAMPLES / name / f"{kind}.json").read_text("utf-8"))


@contextmanager
def served(case: Any) -> Iterator[Any]:
    """The case while the server that it asks for answers: `{"/path": status}`; `{server}` becomes its host and port."""
    if "server" not in case:
        yield case
        return
    with serving(case["server"]) as site:
        yield json.loads(json.dumps(case).replace("{server}", site.host))


def lay_out(repository: Repository, files: dict[str, Any]) -> None:
    """Puts the files where they belong: a text, `{"base64": …}` or `{"folder": true}`."""
    for path, content in files.items():
        if isinstance(content, str):
            repository.write(path, content)
        elif "base64" in content:
            repository.write(path, base64.b64decode(content["base64"]))
        else:
            (repository.root / path).mkdir(parents=True)


def tried(repository: Repository, case: dict[str, Any]) -> Tried:
    lay_out(repository, case["files"])
    run = {**TEA, **case.get("run", {})}
    depth = case.get("depth", "standard")
    ran = ProgramsThatRan({("GT", index): Ran(*each) for index, each in enumerate(case.get("programs", ()))})
    circumstances = Circumstances(programs=ran)
    validations = [case["validation"]]
    return evaluate_all(repository, depth=depth, run=run, circumstances=circumstances, validations=validations)[-1]


def holds_what_was_said(row: dict[str, Any], case: dict[str, Any]) -> bool:
    return all(key in row and row[key] == value for key, value in case["row"].items())


@pytest.mark.parametrize("name", RULES)
def test_it_holds_where_it_should(name: str, repository: Repository) -> None:
    with served(example(name, "passes")) as case:
        check = tried(repository, case)
    assert check.row["pass"], check.row["reason"]
    assert holds_what_was_said(check.row, case), check.row


@pytest.mark.parametrize("name", RULES)
def test_it_fails_where_it_should_and_says_why(name: str, repository: Repository) -> None:
    with served(example(name, "fails")) as case:
        check = tried(repository, case)
    assert not check.row["pass"]
    assert holds_what_was_said(check.row, case), check.row
    assert case["reason"] in check.row["reason"]


@pytest.mark.parametrize("name", RULES)
def test_what_means_nothing_is_refused(name: str, repository: Repository) -> None:
    case = example(name, "malformed")
    with pytest.raises(InvalidFile) as refused:
        compiled(repository, validations=[case["validation"]])
    assert case["fault"] in refused.value.message
    assert "GT.contract.json:" in refused.value.message


@pytest.mark.parametrize("kind", ["passes", "fails"])
@pytest.mark.parametrize("name", RULES)
def test_what_is_measured_is_described_and_recorded(name: str, kind: str, repository: Repository) -> None:
    common = {"id", "type", "path", "resolved_path", "severity", "pass", "description", "warning", "reason"}
    with served(example(name, kind)) as case:
        assert set(tried(repository, case).row) - common == set(rule_type(name).measures)


@pytest.mark.parametrize("name", RULES)
def test_the_example_of_the_schema_is_one_that_a_contract_may_say(name: str, repository: Repository) -> None:
    (check,) = compiled(repository, validations=[rule_type(name).example]).checks
    assert check.rule.type == name


def test_no_example_is_left_over() -> None:
    assert {folder.name for folder in EXAMPLES.iterdir()} == set(RULES)
