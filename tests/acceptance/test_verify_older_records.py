"""`orch verify` of records that older versions wrote, as far as they go: those of the original, and of orch 0.1.0."""

import json
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.support import records_0_1_0
from tests.support.legacy_records import HOME, SHAPES, passed_with_invocation, variant_passed, write_original
from tests.support.repository import Ended, Repository

ESSAY = "src/app/essays/etymology/the-word-tea"


def artifact(template: str, absolute: str, content: str) -> dict[str, Any]:
    """A row as the original wrote it: the template, and the path on the machine of a developer."""
    hashed = sha256(content.encode()).hexdigest()
    return {"path": template, "absolute_path": f"{HOME}/{absolute}", "sha256": hashed, "exists": True}


def statuses(ended: Ended) -> dict[str, str]:
    return {file["path"]: file["status"] for run in ended.json["runs"] for file in run["files"]}


@pytest.mark.quick("*")
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_a_record_of_the_original_is_no_damage(repository: Repository, shape: Any) -> None:
    write_original(repository, shape())
    ended = repository.orch("verify", "--json")
    (run,) = ended.json["runs"]
    assert (run["error"], run["rules"]) == (None, [])
    assert ended.code == (1 if run["files"] else 0)


def test_outputs_of_the_original_are_found_by_their_templates_and_absolute_paths(repository: Repository) -> None:
    record = passed_with_invocation()
    attempt = record["gates"][1]["attempts"][1]
    attempt["artifacts"] = [
        artifact("{artifact_path}/research/CITATIONS.md", f"{ESSAY}/research/CITATIONS.md", "cited"),
        artifact("{artifact_path}/{client_component}", f"{ESSAY}/TeaClient.tsx", "client"),
        artifact("specs/{slug}.md", "specs/the-word-tea.md", "spec"),
        artifact("{artifact_path}/{slug}.css", f"{ESSAY}/the-word-tea.css", "style"),
        artifact("{artifact_path}/images.ts", f"{ESSAY}/images.ts", "images"),
        artifact("{artifact_path}/gone.ts", f"{ESSAY}/gone.ts", "gone"),
        artifact("{artifact_path}/{client_component}.map", "elsewhere/TeaClient.tsx.map", "of another directory"),
    ]
    write_original(repository, record)
    repository.write(f"{ESSAY}/research/CITATIONS.md", "cited")
    repository.write(f"{ESSAY}/TeaClient.tsx", "client")
    repository.write("specs/the-word-tea.md", "another spec")
    repository.write("styles/tea.css", "style")
    repository.write(f"{ESSAY}/images.ts", "later images")
    later = variant_passed()
    later["gates"][0]["attempts"][0]["finished_at"] = "2025-03-05T22:00:00.000Z"
    later["gates"][0]["attempts"][0]["artifacts"] = [artifact(f"{ESSAY}/images.ts", "images.ts", "later images")]
    write_original(repository, later)
    repository.commit()
    ended = repository.orch("verify", record["run_id"], "--json")
    assert ended.code == 1
    assert statuses(ended) == {
        f"{ESSAY}/research/CITATIONS.md": "ok",
        f"{ESSAY}/TeaClient.tsx": "ok",
        "specs/the-word-tea.md": "changed",
        f"{ESSAY}/the-word-tea.css": "moved",
        f"{ESSAY}/images.ts": "superseded",
        f"{ESSAY}/gone.ts": "missing",
        f"{ESSAY}/{{client_component}}.map": "missing",
    }


def test_records_of_orch_0_1_0_are_valid(tmp_path: Path) -> None:
    root = tmp_path / "older"
    shutil.copytree(records_0_1_0.ROOT, root, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    older = Repository(root)
    before = older.snapshot()
    ended = older.orch("verify", "--json")
    assert [run["error"] for run in ended.json["runs"]] == [None] * 4
    assert older.snapshot() == before


def test_an_edited_record_of_orch_0_1_0_is_found(tmp_path: Path) -> None:
    root = tmp_path / "older"
    shutil.copytree(records_0_1_0.ROOT, root, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    older = Repository(root)
    run_id = "run_20261129T081637Z_tea_8bd6xp"
    record = older.record(run_id)
    record["events"][1]["agent"] = "other"
    older.write(older.workspace.record_path(run_id), json.dumps(record, indent=2, ensure_ascii=False) + "\n")
    ended = older.orch("verify", run_id)
    assert ended.code == 4
    assert "$.events[1].agent: is 'other', expected 'researcher'" in ended.out
