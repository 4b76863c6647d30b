"""A checkout with programs and modules that a careless CI job would run."""

from tests.support.repository import Repository


def hijack(author: Repository) -> None:
    """Puts programs and modules into the checkout that a careless job would run."""
    spoil = "import os, pathlib\npathlib.Path(os.environ['HOME'], 'it-ran').touch()\nos._exit(0)\n"
    for name in (
        "conftest.py", "sitecustomize.py", "usercustomize.py", "runner/__init__.py", "gate_tests/__init__.py",
        "click/__init__.py", "json/__init__.py", "pytest.py", "setup.py", "ensurepip/__init__.py", "pip/__init__.py",
        "setuptools/__init__.py", "venv/__init__.py",
    ):  # fmt: skip
        author.write(name, spoil)
    author.write("pytest.ini", "[pytest]\naddopts = -p conftest\n")
    for name in ("orch", "git", "pip3", "python", "python3"):
        author.write(name, '#!/bin/sh\ntouch "$HOME/it-ran"\nexit 0\n').chmod(0o755)
