"""`orch verify --replay`: what it prints, its document, its exit code and its next command."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gate_tests.errors import Exit
from tests.support.forged_record import Json, edit_attempt, forge_pass
from tests.support.git_checkout import git
from tests.support.messages import message, says
from tests.support.next_commands import find_next_steps
from tests.support.prepared import fill
from tests.support.replays import finish_gates
from tests.support.repository import BIN, Repository

SOUND = {
    "required_outputs": {"all_of": [{"path": "a.md"}]},
    "validations": [{"type": "contains_text", "target": "a.md", "pattern": "sound"}],
}
PROOF = {
    "required_outputs": {"all_of": [{"path": "b.md"}]},
    "validations": [{"type": "contains_text", "target": "b.md", "pattern": "proof"}],
}


def program(script: str) -> Json:
    """A contract with one check that runs Python."""
    return {**SOUND, "validations": [{"type": "command", "command": [sys.executable, "-c", script]}]}


@pytest.fixture
def forged(repository: Repository) -> str:
    """A run of G1, which passed, and G2, whose FAIL was made a PASS with complete rows; committed."""
    return fill(repository, make_forged)


def make_forged(repository: Repository) -> str:
    repository.write("a.md", "sound\n")
    repository.write("b.md", "claimed\n")
    run_id = finish_gates(repository, G1=SOUND, G2=PROOF)
    forge_pass(repository, run_id, "G2")
    repository.commit()
    return run_id


@pytest.mark.parametrize("where", [(), ("--at", "HEAD"), ("--staged",)], ids=["work tree", "commit", "index"])
def test_a_forged_pass_falls_and_the_last_line_is_the_next_command(
    repository: Repository, forged: str, where: tuple[str, ...]
) -> None:
    if where:
        repository.write("b.md", "proof\n")  # what is judged is not the work tree
    before = repository.snapshot()
    ended = repository.orch("verify", "--replay", *where)
    lines = ended.out.splitlines()
    assert ended.code == Exit.FAIL
    assert "  G2  differs: attempt 1 claims PASS, found FAIL" in lines
    assert lines[-2] == "2 gates that passed: 1 reproduced, 1 differs"
    command = f"orch status --run {forged}" if where else f"orch gate check --run {forged} --gate G2"
    assert lines[-1] == f"Next: {command}"
    assert repository.orch(*command.split()[1:]).code == (Exit.OK if where else Exit.FAIL)
    assert repository.snapshot() == before


@pytest.mark.slow
def test_an_honest_run_is_reproduced(repository: Repository) -> None:
    repository.write("a.md", "sound\n")
    finish_gates(repository, G1=SOUND)
    ended = repository.orch("verify", "--replay")
    assert (ended.code, ended.out.splitlines()[-1]) == (Exit.OK, "1 gate that passed: 1 reproduced")


@pytest.mark.slow
def test_the_document_has_each_gate_with_its_differences(repository: Repository, forged: str) -> None:
    ended = repository.orch("verify", "--replay", "--json")
    assert [each["run_id"] for each in ended.json["runs"]] == [forged]
    first, second = ended.json["replays"]
    assert (first["outcome"], second["outcome"], second["found"]) == ("reproduced", "differs", "FAIL")
    assert [each["id"] for each in second["differences"]] == ["contains_text[b.md]"]


@pytest.mark.slow
def test_a_run_whose_record_is_inconsistent_is_not_judged_and_that_is_said(repository: Repository, forged: str) -> None:
    edit_attempt(repository, forged, "G1", lambda attempt: attempt["validations"].pop())
    ended = repository.orch("verify", "--replay")
    assert ended.code == Exit.DAMAGED
    summary = "no passed gates to judge again; 1 run not verified, and not judged again"
    assert ended.out.splitlines()[-1] == summary


@pytest.mark.slow
def test_programs_run_only_where_they_may(repository: Repository) -> None:
    repository.write("a.md", "sound\n")
    finish_gates(repository, G1=program("open('ran', 'a').write('x')"))
    repository.commit()
    before = repository.snapshot()
    for where in ((), ("--at", "HEAD"), ("--staged",)):
        ended = repository.orch("verify", "--replay", "--no-programs", *where)
        assert (ended.code, ended.out.count("not replayed, runs a program, and none was run")) == (Exit.OK, 1)
        assert repository.orch("verify", "--replay", "--no-programs", "--strict", *where).code == Exit.FAIL
    assert repository.orch("verify", "--replay", "--at", "HEAD").code == Exit.OK
    assert repository.snapshot() == before
    assert repository.orch("verify", "--replay").code == Exit.OK
    assert (repository.root / "ran").read_text() == "xx"


@pytest.mark.slow
def test_of_a_program_that_fails_in_an_export_it_is_said_what_an_export_lacks(repository: Repository) -> None:
    repository.write("a.md", "sound\n")
    repository.commit()
    script = "import pathlib, sys; sys.exit(not pathlib.Path('.git').exists())"
    finish_gates(repository, G1=program(script))
    repository.commit()
    note = "note: programs ran in an export of the files, which has no .git and nothing that git ignores"
    assert note not in repository.orch("verify", "--replay").out
    ended = repository.orch("verify", "--replay", "--at", "HEAD")
    assert (ended.code, note in ended.out) == (Exit.FAIL, True)


@pytest.mark.slow
@pytest.mark.parametrize("option", ["--network", "--no-programs"])
def test_options_of_a_replay_need_one(repository: Repository, forged: str, option: str) -> None:
    refused = repository.orch("verify", option)
    assert (refused.code, says(refused.err, "replay-required", option=option)) == (Exit.REFUSED, True)
    (command,) = find_next_steps(refused.err)
    assert repository.orch(*command.split()[1:]).code == Exit.FAIL


@pytest.mark.slow
@pytest.mark.parametrize("is_fetched", [False, True])
def test_a_contract_that_only_a_full_clone_has(repository: Repository, tmp_path: Path, is_fetched: bool) -> None:
    repository.write("a.md", "sound\n")
    run_id = finish_gates(repository, G1=SOUND)
    repository.commit()
    repository.write_contract("G1", **SOUND, description="later")
    repository.commit()
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{repository.root}", "clone")
    clone = Repository(tmp_path / "clone")
    ended = clone.orch("verify", "--replay")
    assert (ended.code, "G1  not replayed, attempt 1: its contract, " in ended.out) == (Exit.FAIL, True)
    assert ended.out.splitlines()[-1] == "Next: git fetch --unshallow"
    if is_fetched:
        git(clone.root, "fetch", "--quiet", "--unshallow")
        assert "1 gate that passed: 1 reproduced" in clone.orch("verify", run_id, "--replay").out


@pytest.mark.slow
def test_an_interrupted_replay_leaves_no_export_and_no_program_behind(repository: Repository, tmp_path: Path) -> None:
    repository.write("a.md", "sound\n")
    wait = f"import os, time; open({str(tmp_path / 'began')!r}, 'w'); time.sleep(60 * os.path.exists('wait'))"
    finish_gates(repository, G1=program(wait))
    repository.write("wait", "")
    repository.commit()
    (tmp_path / "began").unlink()
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    process = subprocess.Popen(
        [BIN / "orch", "verify", "--replay", "--at", "HEAD"],
        cwd=repository.root,
        env={**os.environ, "TMPDIR": str(scratch)},
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (tmp_path / "began").exists():
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors.splitlines()[-1]) == (Exit.INTERRUPTED, "orch: interrupted")
    assert list(scratch.iterdir()) == []


@pytest.mark.slow
def test_a_scratch_directory_that_is_full_is_named(repository: Repository, tmp_path: Path) -> None:
    repository.write("a.md", "sound\n")
    finish_gates(repository, G1=SOUND)
    repository.write("large.bin", os.urandom(200_000))
    repository.commit()
    limited = f"ulimit -f 100; exec {BIN / 'orch'} verify --replay --at HEAD --json"
    ended = subprocess.run(
        ["bash", "-c", limited],
        cwd=repository.root,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    error = json.loads(ended.stdout)["error"]
    tree = f"commit {git(repository.root, 'rev-parse', 'HEAD')[:12]}"
    reason = "File too large"
    assert ended.returncode == Exit.NO_VERDICT
    assert error["message"] == message("cannot-be-exported", tree=tree, directory=str(tmp_path), reason=reason)
    assert error["advice"] == "free disk space, or set TMPDIR to a directory that has some, then repeat the command"
    assert list(tmp_path.glob("orch-verify-*")) == []


@pytest.mark.slow
def test_what_an_export_leaves_out_is_named_where_a_gate_differs(repository: Repository) -> None:
    repository.write("real.md", "sound\n")
    (repository.root / "a.md").symlink_to(repository.root / "real.md")  # in an export it would lead out of it
    finish_gates(repository, G1=SOUND)
    repository.commit()
    assert repository.orch("verify", "--replay").code == Exit.OK
    ended = repository.orch("verify", "--replay", "--at", "HEAD")
    assert ended.code == Exit.FAIL
    assert "  note: not exported: a.md (it is a symlink that leads elsewhere)" in ended.out


@pytest.mark.slow
def test_a_run_that_only_the_commit_has_is_shown_by_its_commits(repository: Repository, forged: str) -> None:
    git(repository.root, "branch", "other")
    git(repository.root, "rm", "-rq", "orchestration/runs")
    repository.commit()
    ended = repository.orch("verify", "--replay", "--at", "other")
    record = f"{repository.workspace.run_path(forged)}/record"
    assert (ended.code, ended.out.splitlines()[-1]) == (Exit.FAIL, f"Next: git log --all -- {record}")
    assert record not in git(repository.root, "ls-files")


@pytest.mark.slow
def test_a_forged_run_of_a_pull_request_falls_and_nothing_of_it_is_executed(
    repository: Repository, tmp_path: Path
) -> None:
    trace = tmp_path / "executed"
    script = f"open({str(trace)!r}, 'w')"
    repository.write("hook.py", script)
    repository.write("conftest.py", script)
    repository.write("b.md", "claimed\n")
    run_id = finish_gates(repository, G1={**PROOF, "pre_scripts": [{"path": "hook.py"}]})
    forge_pass(repository, run_id, "G1")
    repository.commit()
    trace.unlink()
    git(tmp_path, "clone", "--quiet", str(repository.root), "change")
    ended = Repository(tmp_path / "change").orch("verify", "--replay", "--no-programs", "--at", "HEAD")
    assert (ended.code, trace.exists()) == (Exit.FAIL, False)
    assert "1 gate that passed: 1 differs; 1 check not replayed" in ended.out
