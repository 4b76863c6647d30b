"""`orch verify` of files larger than memory, and of many runs: neither is kept in memory."""

import json
import subprocess
import sys

import pytest

from tests.support.large_files import sparse
from tests.support.limited_memory import LINUX_ONLY
from tests.support.repository import Repository

pytestmark = [pytest.mark.slow, LINUX_ONLY]

LIMIT_MIB = 96
_LIMITED = f"""
import os, resource, sys
resource.setrlimit(resource.RLIMIT_DATA, ({LIMIT_MIB} << 20,) * 2)
from runner.cli.main import run
code = run(sys.argv[1:])
sys.stdout.flush()
os._exit(code)
"""


def verify_with_little_memory(repository: Repository) -> tuple[int, str]:
    """`orch verify` in a process that may allocate little, and so may the one that it forks."""
    command = (sys.executable, "-c", _LIMITED, "verify")
    ended = subprocess.run(command, cwd=repository.root, capture_output=True, text=True, check=False)
    assert ended.stderr == ""
    return ended.returncode, ended.stdout


@pytest.fixture
def passed(repository: Repository) -> Repository:
    """A run that has passed with one output."""
    repository.write_contract("G1", required_outputs={"all_of": [{"path": "out/*.bin"}]})
    repository.write_workflow("G1")
    run_id = repository.start_run(workflow="tests", slug="tea")
    repository.start_gate(run_id, "G1")
    repository.write("out/large.bin", "small")
    assert repository.orch("gate", "finish", "--run", run_id, "--gate", "G1").code == 0
    return repository


def test_an_output_larger_than_memory_is_hashed(passed: Repository) -> None:
    sparse(passed.root / "out/large.bin", 10 * LIMIT_MIB << 20)
    code, out = verify_with_little_memory(passed)
    assert code == 1
    assert "changed: out/large.bin (G1 attempt 1)" in out


def test_many_runs_are_verified_one_by_one(passed: Repository) -> None:
    (run_id,) = passed.workspace.runs()
    files = {path: (passed.root / path).read_bytes() for path in list_record(passed, run_id)}
    record = json.loads(files[passed.workspace.record_path(run_id)])
    record["extra"] = "x" * (1 << 20)
    files[passed.workspace.record_path(run_id)] = json.dumps(record, indent=2).encode() + b"\n"
    for number in range(150):
        other = f"{run_id[:-6]}{number:06}"
        for path, content in files.items():
            passed.write(path.replace(run_id, other), content.replace(run_id.encode(), other.encode()))
    code, out = verify_with_little_memory(passed)
    assert (code, out) == (0, "151 runs: 151 files (151 ok)\n")


def list_record(repository: Repository, run_id: str) -> list[str]:
    return [repository.workspace.record_path(run_id), repository.workspace.attempt_path(run_id, "G1", 1)]
