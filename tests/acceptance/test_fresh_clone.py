"""A run that was committed is judged in a fresh clone, by a fresh installation, as a job of CI does it."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.support import CHECKOUT
from tests.support.repository import Ended, Repository

CITATIONS: Final = "src/app/essays/the-word-robot/research/CITATIONS.md"
CHECK: Final = 'python -I -m runner -C . gate check --run "$RUN" --gate G1 --gate G2 --gate G3'
REPORT: Final = 'pytest --run "$RUN" --junitxml=gates.xml'


@pytest.mark.slow
def test_named_gates_are_judged_in_a_fresh_clone(tmp_path: Path) -> None:
    work, clone = tmp_path / "work", tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(CHECKOUT), str(work)], check=True)
    repository = Repository(work)
    repository.add_example("G1", "G2", "G3")
    run_id = repository.start_run()
    repository.commit()
    subprocess.run(["git", "clone", "--quiet", str(work), str(clone)], check=True)
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)

    def run_step(command: str) -> Ended:
        environment = {"RUN": run_id, "PATH": f"{tmp_path}/venv/bin:/usr/bin:/bin"}
        return Repository(clone).run("bash", "-e", "-c", command, env=environment)

    installed, check, report = [run_step(step) for step in ("pip install .", CHECK, REPORT)]
    assert installed.code == 0, installed.err
    assert check.code == 0, check.out + check.err
    assert check.out.count("PASS  G") == 3
    assert report.code == 0, report.out
    assert "33 passed" in report.out
    assert (clone / "gates.xml").is_file()

    (clone / CITATIONS).unlink()
    check = run_step(CHECK)
    assert check.code == 1
    assert [line[:8] for line in check.out.splitlines() if line[6:7] == "G"] == ["PASS  G1", "FAIL  G2", "PASS  G3"]
