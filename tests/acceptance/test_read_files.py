"""What a record says of the files that its checks read: just those, as they were read, under each of their names."""

from hashlib import sha256
from typing import Any

import pytest
from jsonschema import Draft7Validator

from runner.schemas import load_schema
from tests.support.repository import Ended, Repository

QUOTED = "nobody ever saw this robot write a word"
CONTENTS = {
    "report.md": f'It says "{QUOTED}", see `sources/a.md:1`.\n',
    "sources/a.md": f"So {QUOTED}, and more.\n",
    "sources/b.md": "Another.\n",
    "data.json": "{}",
    "schema.json": '{"type": "object"}',
}
CHECKS = [
    {"type": "quotes_resolve", "target": "report.md", "sources": ["linked.md"]},
    {"type": "citations_resolve", "target": "report.md"},
    {"type": "json_schema", "target": "data.json", "schema": "schema.json"},
    {"type": "not_contains", "target": "hard.md", "pattern": "DRAFT"},
    {"type": "min_file_count", "target": "sources", "pattern": "*.md", "thresholds": {"default": 2}},
]
READ = [("linked.md",), ("sources/a.md",), ("schema.json",), None, None]
"""What each of them reads besides its target."""


@pytest.fixture
def opened(repository: Repository) -> Repository:
    """A run of one gate, with an open attempt; its checks read one of the sources under three names."""
    repository.write_workflow("GT")
    repository.write_contract(required_outputs={"all_of": [{"path": "report.md"}]}, validations=CHECKS)
    for path, content in CONTENTS.items():
        repository.write(path, content)
    (repository.root / "linked.md").symlink_to("sources/a.md")
    (repository.root / "hard.md").hardlink_to(repository.root / "sources/a.md")
    repository.start_run(workflow="tests")
    start(repository)
    return repository


def at_gate(repository: Repository) -> tuple[str, ...]:
    return ("--run", *repository.workspace.runs(), "--gate", "GT")


def start(repository: Repository) -> None:
    assert repository.orch("gate", "start", *at_gate(repository), "--agent", "maker").code == 0


def finish(repository: Repository, *more: str) -> Ended:
    return repository.orch("gate", "finish", *at_gate(repository), *more)


def rows(repository: Repository, number: int = 1) -> list[dict[str, Any]]:
    """The rows of the validations in the attempt's file, which RUN.json has too."""
    (run_id,) = repository.workspace.runs()
    attempt = repository.attempt(run_id, "GT", number)
    assert attempt in repository.record(run_id)["gates"][0]["attempts"]
    Draft7Validator(load_schema("attempt")).validate(attempt)
    validations: list[dict[str, Any]] = attempt["validations"][1:]  # without the row of the output
    return validations


def listed(repository: Repository, *paths: str) -> list[dict[str, str]]:
    return [{"path": path, "sha256": sha256((repository.root / path).read_bytes()).hexdigest()} for path in paths]


def test_a_record_lists_what_each_check_read(opened: Repository) -> None:
    assert finish(opened).code == 0
    assert [row.get("read") for row in rows(opened)] == [paths and listed(opened, *paths) for paths in READ]


@pytest.mark.slow
def test_with_workers_the_record_lists_the_same(opened: Repository) -> None:
    assert finish(opened).code == 0
    start(opened)
    ended = finish(opened, "-n", "2")
    assert ended.code == 0, ended.err
    assert rows(opened, 2) == rows(opened)


@pytest.mark.slow
def test_links_to_one_file_do_not_make_several(opened: Repository) -> None:
    (opened.root / "sources/b.md").unlink()
    for name in ("b.md", "c.md"):
        (opened.root / "sources" / name).hardlink_to(opened.root / "sources/a.md")
    ended = finish(opened)
    assert ended.code == 1
    assert "  found     1 of 2 (2 more names are links to the same files)" in ended.out
