"""The tools that package and install, in an environment of their own, and the home of a user who has nothing else."""

import os
import subprocess
import sys
import tomllib
import venv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.support import CHECKOUT
from tests.support.missing_tools import report_missing
from tests.support.repository import Ended

_KEPT: Final = ("SSL_", "PIP_", "UV_", "LANG", "LC_", "TMPDIR")
_TIMEOUT_S: Final = 300


@dataclass(frozen=True)
class Tools:
    """`directory` holds the environment with the tools, and the home directory."""

    directory: Path

    @classmethod
    def install(cls, directory: Path) -> "Tools":
        """Installs those of the dependency group. Skips the test if they cannot be had; fails it in CI."""
        tools = cls(directory)
        tools.home.mkdir()
        venv.create(directory / "venv", with_pip=True, symlinks=True)
        pip = (str(tools.bin / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        for command in ((*pip, "uv"), (*tools.uv("pip", "install", "--quiet"), *_list_requirements())):
            ended = tools.run(*command, may_fail=True)
            if ended.code:
                report_missing(f"no tools of packaging: {ended.err}")
        return tools

    @property
    def bin(self) -> Path:
        """Where the programs are."""
        return self.directory / "venv/bin"

    @property
    def home(self) -> Path:
        """What HOME is set to."""
        return self.directory / "home"

    @property
    def python(self) -> str:
        """The Python that is packaged for: the one below the environment that runs the tests."""
        return str(Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}")

    @property
    def environment(self) -> dict[str, str]:
        """The variables: nothing of the environment that runs the tests, and the caches that the machine has."""
        kept = {name: value for name, value in os.environ.items() if name.startswith(_KEPT)}
        caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        return {
            "PATH": f"{self.bin}:/usr/bin:/bin",
            "HOME": str(self.home),
            "UV_CACHE_DIR": str(caches / "uv"),
            "UV_PYTHON": self.python,
            "UV_PYTHON_DOWNLOADS": "never",
            "PIP_CACHE_DIR": str(caches / "pip"),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            **kept,
        }

    def uv(self, *words: str) -> tuple[str, ...]:
        """A command of uv for the environment of the tools."""
        return (str(self.bin / "uv"), *words, "--python", str(self.bin / "python"))

    def run(
        self, *command: str, cwd: Path | None = None, env: Mapping[str, str] | None = None, may_fail: bool = False
    ) -> Ended:
        """Runs a command, of the tools or another, in the home directory or `cwd`."""
        done = subprocess.run(
            command,
            cwd=cwd or self.home,
            env={**self.environment, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
        assert may_fail or done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return Ended(done.returncode, done.stdout, done.stderr)

    def tool(self, name: str, *words: str, cwd: Path | None = None) -> Ended:
        """Runs one of the tools, which must succeed."""
        return self.run(str(self.bin / name), *words, cwd=cwd)


def _list_requirements() -> list[str]:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))
    return [str(each) for each in project["dependency-groups"]["packaging"]]
