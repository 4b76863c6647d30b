"""`orch run check`, and the schemas of records."""

from jsonschema import Draft7Validator

from tests.support.messages import message, says
from tests.support.repository import Repository


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
