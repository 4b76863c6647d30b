"""What a row says of the files that its check read besides its target: just those, and as they were read."""

import json
import os
from hashlib import sha256
from typing import Any

import pytest

from gate_tests.pytest_session.evaluation import Evaluation
from tests.support.checks import Tried, evaluate_all, judge
from tests.support.repository import ARTIFACTS, Repository

SCHEMA = '{"type": "object"}'
QUOTED = "nobody ever saw this robot write a word"
REPORT = f'It says "{QUOTED}", see `sources/a.md:1` and `sources/none.md:1`.\n'
OBEYS = {"type": "json_schema", "target": "data.json", "schema": "schema.json"}
QUOTES = {"type": "quotes_resolve", "target": "report.md", "sources": ["sources/*.md"]}


def read_by(tried: Tried) -> list[str] | None:
    """The paths of its row's `read`, whose hashes are those of the files."""
    return None if (rows := tried.row.get("read")) is None else [row["path"] for row in rows]


def listed(repository: Repository, *paths: str) -> list[dict[str, str]]:
    return [{"path": path, "sha256": sha256((repository.root / path).read_bytes()).hexdigest()} for path in paths]


@pytest.fixture
def written(repository: Repository) -> Repository:
    """A repository with what the checks below read."""
    contents = {
        "data.json": "{}",
        "schema.json": SCHEMA,
        "report.md": REPORT,
        "sources/a.md": f"So {QUOTED}, and more.\n",
        "sources/b.md": "Another.\n",
        "u.md": "### Source 1\n",
        "page.tsx": "export const metadata = { visualizations: [{ name: 'Tree', type: 'D3' }] };\n",
        "parts/Client.tsx": "import * as d3 from 'd3';\nexport const A = () => d3.select('a');\n",
        "parts/other.ts": "export const b = 1;\n",
    }
    for path, content in contents.items():
        repository.write(path, content)
    return repository


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("validation", "paths"),
    [
        pytest.param(OBEYS, ["schema.json"], id="a schema"),
        pytest.param({**OBEYS, "schema": "none.json"}, None, id="a schema that is missing"),
        pytest.param(QUOTES, ["sources/a.md"], id="sources of quotations, up to the one that has the last"),
        pytest.param({**QUOTES, "target": "u.md", "min_count": 0}, None, id="no quotation, so no source"),
        pytest.param({"type": "citations_resolve", "target": "report.md"}, ["sources/a.md"], id="cited files"),
        pytest.param(
            {"type": "min_sources_any_of", "targets": ["none.md", "u.md", "report.md"], "thresholds": {"default": 1}},
            ["report.md", "u.md"],
            id="the other targets",
        ),
        pytest.param(
            {"type": "viz_tech_match", "metadata_source": "page.tsx", "implementation_target": "parts/Client.tsx"},
            ["parts/Client.tsx", "parts/other.ts"],
            id="an implementation, and what lies beside it",
        ),
        pytest.param({"type": "not_contains", "target": "u.md", "pattern": "x"}, None, id="nothing but the target"),
        pytest.param({"type": "dir_exists", "target": "sources"}, None, id="a directory"),
    ],
)
def test_a_row_lists_the_files_that_its_check_read_besides_its_target(
    written: Repository, validation: dict[str, Any], paths: list[str] | None
) -> None:
    (tried,) = evaluate_all(written, validations=[validation])
    assert tried.row.get("read") == (paths and listed(written, *paths))


def test_the_required_outputs_of_which_any_will_do_are_listed(written: Repository) -> None:
    outputs = [{"path": path} for path in ("none.md", "u.md", "report.md")]
    (tried,) = evaluate_all(written, required_outputs={"any_of": outputs})
    assert tried.row["read"] == listed(written, "report.md", "u.md")


def test_the_file_that_stands_in_for_a_missing_target_is_the_target(written: Repository) -> None:
    outputs = [{"path": path} for path in ("none.md", "u.md")]
    contains = {"type": "not_contains", "target": "none.md", "pattern": "x"}
    *_, tried = evaluate_all(written, required_outputs={"any_of": outputs}, validations=[contains])
    assert (tried.row["resolved_path"], read_by(tried)) == ("u.md", None)


def test_outputs_that_must_be_unchanged_are_listed(written: Repository) -> None:
    run = {"gates": ("G1", "GT"), "passed": {"G1": (("u.md", "0" * 64), ("none.md", "0" * 64))}}
    (tried,) = evaluate_all(written, run=run, validations=[{"type": "unchanged_since", "gate": "G1"}])
    assert tried.row["read"] == listed(written, "u.md")


def test_a_file_that_another_check_has_read_is_listed_by_each(written: Repository) -> None:
    tried = evaluate_all(written, validations=[QUOTES, QUOTES, {**OBEYS, "target": "schema.json"}, OBEYS])
    assert [read_by(each) for each in tried] == [["sources/a.md"], ["sources/a.md"], None, ["schema.json"]]


def test_what_is_listed_is_what_was_read_whatever_is_there_later(written: Repository) -> None:
    expected = listed(written, "schema.json")
    written.write_contract(validations=[{**OBEYS, "target": "schema.json"}, OBEYS])
    evaluation = Evaluation(written.workspace, written.context(), ("GT",))
    first, second = evaluation.compiled("GT").checks
    evaluation.evaluate("GT", first)
    written.write("schema.json", "false")
    assert evaluation.evaluate("GT", second).result.to_json()["read"] == expected


def test_a_file_whose_name_no_record_can_hold_is_not_read(written: Repository) -> None:
    for name in (b"c\x1b[2J.ts", b"d\xff.ts"):
        with open(os.fsencode(written.root / "parts") + b"/" + name, "w") as file:
            file.write("export const c = 1;\n")
    asked = {"type": "viz_tech_match", "metadata_source": "page.tsx", "implementation_target": "parts/Client.tsx"}
    (tried,) = evaluate_all(written, validations=[asked])
    assert read_by(tried) == ["parts/Client.tsx", "parts/other.ts"]
    assert json.dumps(tried.row).isprintable()


def test_a_session_of_pytest_reports_it(written: Repository) -> None:
    written.write_contract("G1", validations=[OBEYS])
    (verdict,) = judge(written, "G1")
    (result,) = verdict.validations
    assert result.to_json()["read"] == listed(written, "schema.json")
    assert ARTIFACTS not in result.read[0].path
