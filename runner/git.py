"""Asks git which commit the work stands on. Never writes, and runs nothing that the repository configures."""

import os
import subprocess
from pathlib import Path
from typing import Any

_COMMAND = (
    "git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null",
    "status", "--porcelain=v2", "--branch", "--untracked-files=no", "--ignore-submodules",
)  # fmt: skip


class GitQuestion:
    """`git status`, asked at once and answered when wanted, so that judging need not wait for it."""

    def __init__(self, root: Path) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        try:
            self._process: subprocess.Popen[bytes] | None = subprocess.Popen(
                _COMMAND,
                cwd=root,
                env={**environment, "GIT_OPTIONAL_LOCKS": "0"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError:
            self._process = None

    def __enter__(self) -> "GitQuestion":
        return self

    def __exit__(self, *_: object) -> None:
        if self._process:
            with self._process:  # closes the pipe and waits
                self._process.kill()

    def answer(self) -> dict[str, Any] | None:
        """`{commit, dirty}`: the commit (null before the first) and whether tracked files differ; None without git."""
        if self._process is None:
            return None
        output, _ = self._process.communicate()
        if self._process.returncode != 0:
            return None
        lines = output.decode("utf-8", "replace").splitlines()
        head = next((line.split()[2] for line in lines if line.startswith("# branch.oid ")), "(initial)")
        return {
            "commit": None if head == "(initial)" else head,
            "dirty": any(not line.startswith("#") for line in lines),
        }
