import json
import subprocess
from pathlib import Path

import pytest

from gate_tests.isolated_pytest.xdist.versions import collect_versions
from tests.support.patched_install import PatchedInstall

TELL = (
    "import json; from gate_tests.isolated_pytest.xdist.versions import collect_versions;"
    " print(json.dumps(collect_versions()))"
)


def versions_of(program: PatchedInstall) -> dict[str, str]:
    python = program.folder / "venv/bin/python"
    told = subprocess.run([python, "-I", "-c", TELL], capture_output=True, text=True, check=True)
    return dict(json.loads(told.stdout))


@pytest.mark.slow
def test_a_copy_of_the_program_is_the_same_version(tmp_path: Path) -> None:
    assert versions_of(PatchedInstall.make(tmp_path / "copy")) == collect_versions()


@pytest.mark.slow
@pytest.mark.parametrize(
    "module", ["compiler/gate.py", "checks/types/not_contains.py", "pytest_session/xdist/scheduler.py"]
)
def test_another_line_in_any_module_that_judges_is_another_version(tmp_path: Path, module: str) -> None:
    program = PatchedInstall.make(tmp_path / "altered")
    with (program.folder / "gate_tests" / module).open("a") as source:
        source.write("# another\n")
    there, here = versions_of(program), collect_versions()
    assert {what for what in here if there[what] != here[what]} == {"orch's code"}
