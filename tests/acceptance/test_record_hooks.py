"""`orch run check`, and the hooks of pre-commit."""

import re
import shlex

from jsonschema import Draft7Validator

from tests.support import CHECKOUT
from tests.support.messages import message, says
from tests.support.repository import Repository

HOOKS = CHECKOUT / ".pre-commit-hooks.yaml"


def hook(name: str) -> tuple[list[str], "re.Pattern[str]"]:
    """The command of a hook, and which files it is given."""
    text = HOOKS.read_text("utf-8").partition(f"- id: {name}\n")[2].partition("\n- id:")[0]
    entry, files = (re.search(rf"^  {key}: (.+)$", text, re.MULTILINE) for key in ("entry", "files"))
    assert entry
    assert files
    return shlex.split(entry[1]), re.compile(files[1])


def given(repository: Repository, pattern: "re.Pattern[str]") -> list[str]:
    paths = [path.relative_to(repository.root).as_posix() for path in repository.root.rglob("*") if path.is_file()]
    return [path for path in paths if pattern.search(path)]


def test_the_hook_for_contracts_lets_the_shipped_ones_pass_and_stops_a_broken_one(shipped: Repository) -> None:
    entry, files = hook("orch-contracts")
    assert len(given(shipped, files)) == 9
    assert shipped.orch(*entry[1:]).code == 0
    shipped.write_contract("G1", validations=[{"type": "no_such"}])
    assert shipped.orch(*entry[1:]).code == 2


def test_the_hook_for_contracts_sees_that_a_workflow_breaks_one(repository: Repository) -> None:
    entry, files = hook("orch-contracts")
    count = {"type": "word_count", "target": "{chapter}/a.md", "min": 10}
    repository.write_contract("GT", validations=[count])
    repository.write_workflow("GT", variables={"chapter": "one"})
    assert repository.orch(*entry[1:]).code == 0
    workflow = repository.write_workflow("GT")
    assert files.search(workflow.relative_to(repository.root).as_posix())
    assert repository.orch(*entry[1:]).code == 2


def test_the_hook_for_records_lets_sound_ones_pass_and_stops_a_damaged_one(shipped: Repository) -> None:
    entry, files = hook("orch-records")
    run_id = shipped.start_run()
    shipped.orch("gate", "start", "--run", run_id, "--gate", "G1", "--agent", "a")
    shipped.orch("gate", "finish", "--run", run_id, "--gate", "G1")
    paths = given(shipped, files)
    assert any(path.endswith("attempt-1.json") for path in paths)
    ended = shipped.orch(*entry[1:], *paths)
    assert (ended.code, ended.out) == (0, f"{message('records-checked', records='1 record', result='no errors')}\n")
    attempt = shipped.root / next(path for path in paths if path.endswith("attempt-1.json"))
    attempt.write_text(attempt.read_text().replace('"FAIL"', '"PASS"', 1))
    ended = shipped.orch(*entry[1:], *paths)
    assert ended.code == 4
    assert f"Next: orch run repair --run {run_id}" in ended.out


def test_all_runs_are_read_where_none_is_named_and_one_that_is_not_there_is_refused(shipped: Repository) -> None:
    first, second = shipped.start_run(), shipped.start_run()
    shipped.write(shipped.workspace.record_path(first), "{}")
    ended = shipped.orch("run", "check", "--json")
    assert ended.code == 4
    assert {row["run_id"]: bool(row["error"]) for row in ended.json} == {first: True, second: False}
    assert shipped.orch("run", "check", second).code == 0
    assert shipped.orch("run", "check", "run_20200101T000000Z_tea_abcdef").code == 2
    assert shipped.orch("run", "check", "src/app/x.md").code == 2


def test_a_folder_that_is_called_like_no_run_is_named_and_hides_no_damage(shipped: Repository) -> None:
    record = shipped.workspace.record_path(shipped.start_run())
    shipped.write(record, "{}")
    odd = "orchestration/runs/my-run/record/RUN.json"
    ended = shipped.orch("run", "check", odd, record)
    assert ended.code == 4
    assert says(ended.out, "not-a-run-id", run=odd)
    assert f"{record}:1: " in ended.out, ended.out


def test_a_record_is_said_to_be_corrupted_or_inconsistent(shipped: Repository) -> None:
    corrupted, inconsistent, sound = (shipped.start_run() for _ in range(3))
    shipped.write(shipped.workspace.record_path(corrupted), "{")
    path = shipped.root / shipped.workspace.record_path(inconsistent)
    path.write_text(path.read_text("utf-8").replace('"QUEUED"', '"PASSED"'), "utf-8")
    ended = shipped.orch("run", "check", corrupted, inconsistent, sound)
    lines = ended.out.splitlines()
    assert ended.code == 4
    assert lines[0].startswith(f"corrupted: {shipped.workspace.record_path(corrupted)}:1: ")
    assert lines[2].startswith(f"inconsistent: {shipped.workspace.record_path(inconsistent)}:")
    assert lines[-1] == message("records-checked", records="3 records", result="1 corrupted, 1 inconsistent")


def test_a_run_is_named_by_a_path_from_the_folder_one_is_in(shipped: Repository) -> None:
    shipped.start_run()
    run_id = shipped.start_run()
    folder = Repository(shipped.root / shipped.workspace.run_path(run_id) / "record")
    for path in ("RUN.json", "."):
        assert folder.orch("run", "check", path, "--json").json == [{"run_id": run_id, "error": None}]
    assert folder.orch("run", "check", "nothing").code == 2


def test_an_editor_is_told_of_every_key_that_orch_looks_at(shipped: Repository) -> None:
    keys = shipped.orch("schema", "contract").json["properties"]
    assert [key for key, schema in keys.items() if not schema.get("description")] == []
    assert "x-accepted-advice" in keys


def test_the_schema_that_is_printed_is_one(shipped: Repository) -> None:
    for kind in ("contract", "workflow", "run", "attempt"):
        Draft7Validator.check_schema(shipped.orch("schema", kind).json)
