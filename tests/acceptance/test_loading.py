"""A command that cannot be loaded ends with exit code 3: only a gate that failed ends with 1."""

import resource
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from runner import __main__ as program_start
from tests.support.messages import message, says
from tests.support.patched_install import PatchedInstall
from tests.support.repository import BIN, Ended, Repository

STARTS = {"orch": (str(BIN / "orch"),), "python -I -m": (sys.executable, "-I", "-m", "runner")}
PYTHON_ITSELF = (sys.executable, "-I", "-c", "import re, runpy")
"""What Python does before our first line, to run a script or a module."""


@pytest.fixture
def opened(repository: Repository) -> Repository:
    """A run of one gate, whose work is good."""
    repository.write_workflow("GT")
    repository.write_contract("GT", required_outputs={"all_of": [{"path": "a.md"}]})
    repository.write("a.md", "clean")
    repository.start_gate(repository.start_run(workflow="tests"), "GT")
    return repository


@pytest.fixture
def program(tmp_path: Path) -> PatchedInstall:
    """A copy of the program in an environment of its own."""
    return PatchedInstall.make(tmp_path / "copy")


def limited(repository: Repository, command: tuple[str, ...], limit: int, value: int) -> Ended:
    """A process that may use no more than `value` of something."""
    done = subprocess.run(
        command,
        cwd=repository.root,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        preexec_fn=lambda: resource.setrlimit(limit, (value, value)),
    )
    return Ended(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(
    ("words", "judges"),
    [
        ("verify --replay --at HEAD", True),
        ("verify", False),
        ("verify --replay --help", False),
        ("gate finish", True),
        ("gate check -h", False),
        ("gate start", False),
        ("run check", False),
    ],
)
def test_a_command_that_judges_is_known_before_it_is_parsed(words: str, judges: bool) -> None:
    assert program_start._is_judging_command(["orch", *words.split()]) == judges


@pytest.mark.slow
@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS.keys())
@pytest.mark.parametrize(
    ("limit", "values"),
    [
        pytest.param(resource.RLIMIT_NOFILE, range(3, 13), id="descriptors"),
        pytest.param(resource.RLIMIT_AS, [each << 20 for each in (16, 24, 32, 48, 64, 512)], id="memory"),
    ],
)
def test_where_there_is_too_little_of_something_good_work_does_not_fail(
    opened: Repository, limit: int, values: Iterable[int], start: tuple[str, ...]
) -> None:
    check = (*start, "gate", "check", "--run", opened.workspace.runs()[0], "--gate", "GT")
    codes = []
    for value in values:
        if limited(opened, PYTHON_ITSELF, limit, value).code == 0:
            ended = limited(opened, check, limit, value)
            codes.append(ended.code)
            assert ended.code in (0, 3), (value, ended)
            assert "Traceback" not in ended.err
            assert ended.err.count("\n") == (2 if ended.code == 3 else 0)
    assert codes[-1] == 0
    assert 3 in codes


AGAIN, INSTALL, REPLACE = (
    "fix that, then repeat the command",
    "pip install orch-runner",
    "pip install --force-reinstall orch-runner",
)
BROKEN = {
    "missing": ("raise ModuleNotFoundError(\"No module named 'click'\")", "No module named 'click'", INSTALL),
    "no Python": ("def", "SyntaxError: invalid syntax (click.py, line 1)", REPLACE),
    "leaves": ("raise SystemExit(1)", "SystemExit: 1", REPLACE),
    "recursive": ("def f(): f()\nf()", "RecursionError: maximum recursion depth exceeded", REPLACE),
    "unreadable": ("open('/nowhere')", "/nowhere: No such file or directory", AGAIN),
    "too large": ("raise MemoryError", "not enough memory", AGAIN),
    "too large to say so": (
        "def fail(_): raise MemoryError\nimport builtins\nbuiltins.ascii = fail\nraise MemoryError",
        "not enough memory",
        AGAIN,
    ),
    "of control characters and quotes": ("raise ImportError('\"\\\\\\n\"')", r'"\\\n"', INSTALL),
}


def as_json(next_step: str) -> dict[str, str | None]:
    is_command = next_step != AGAIN
    return {"next": next_step if is_command else None, "advice": None if is_command else next_step}


@pytest.mark.parametrize(("source", "error", "next_step"), BROKEN.values(), ids=BROKEN.keys())
def test_a_package_that_cannot_be_imported_is_exit_3_in_one_line(
    opened: Repository, program: PatchedInstall, source: str, error: str, next_step: str
) -> None:
    assert program.orch(opened, "run", "list").code == 0
    (program.packages / "click.py").write_text(source)
    told = message("cannot-be-loaded", error=error)
    for words in (("run", "list"), ("gate", "check", "--run", "latest", "--gate", "GT")):
        assert program.orch(opened, *words) == Ended(3, "", f"orch: {told}\nNext: {next_step}\n")
    with_document = program.orch(opened, "run", "list", "--json")
    assert (with_document.code, with_document.json) == (
        3,
        {"error": {"message": told, **as_json(next_step), "exit_code": 3}},
    )


@pytest.mark.slow
def test_a_package_of_our_name_in_place_of_ours_is_exit_3_too(opened: Repository, program: PatchedInstall) -> None:
    (program.packages / "runner.py").write_text("")
    python = str(program.folder / "venv/bin/python")
    ended = Repository(program.folder).run(python, "-m", "runner", "run", "list")
    assert (ended.code, ended.out, ended.err.count("\n")) == (3, "", 2)
    assert says(ended.err, "cannot-be-loaded")


@pytest.mark.slow
def test_what_python_itself_cannot_start_prints_no_document(opened: Repository) -> None:
    # docs/how-to/ci.md says so: with exit code 1 and no document on standard output there is no verdict.
    check = ("gate", "check", "--run", "latest", "--gate", "GT", "--json")
    broken = opened.installed_orch(*check, env={"PYTHONHOME": "/nowhere"})
    assert (broken.code, broken.out) == (1, "")
    missing = opened.run(sys.executable, "-I", "-S", "-m", "runner", *check)
    assert (missing.code, missing.out) == (1, "")
    (opened.root / "a.md").unlink()
    failed = opened.installed_orch(*check)
    assert (failed.code, failed.json["status"]) == (1, "FAIL")
