"""A copy of the program in an environment of its own, with one thing changed: to see what the rest makes of a fault."""

import os
import pkgutil
import shutil
import site
import sys
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent

from tests.support import CHECKOUT
from tests.support.repository import Ended, Repository


@dataclass(frozen=True)
class PatchedInstall:
    """`python -I -m runner` of an environment that holds a copy of our packages, and ours for all else."""

    folder: Path

    @classmethod
    def make(cls, folder: Path) -> "PatchedInstall":
        """An environment in `folder` (which does not exist yet) with an unchanged copy."""
        for package in ("gate_tests", "runner", "orchestration"):
            # Byte code is copied with the times of its sources, so only what is altered is compiled again.
            shutil.copytree(CHECKOUT / package, folder / package, ignore=shutil.ignore_patterns("*.pyc.*", "run_2*"))
        shutil.copy(CHECKOUT / "orch_runner_pytest.py", folder)
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        packages = folder / "venv/lib" / version / "site-packages"
        packages.mkdir(parents=True)
        (packages / "altered.pth").write_text("\n".join([str(folder), *filter(os.path.isdir, site.getsitepackages())]))
        (folder / "venv/bin").mkdir()
        (folder / "venv/bin/python").symlink_to(sys.executable)
        base = Path(sys.base_prefix) / "bin"
        (folder / "venv/pyvenv.cfg").write_text(f"home = {base}\ninclude-system-site-packages = false\n")
        return cls(folder)

    @property
    def packages(self) -> Path:
        """Where an installer would put a package."""
        (packages,) = (self.folder / "venv/lib").glob("python*/site-packages")
        return packages

    def replace(self, target: str, expression: str) -> "PatchedInstall":
        """Sets `package.module:Class.attribute` to an expression, in which `original` is its present value."""
        return self._patch(target, f"return {expression}")

    def run_before(self, target: str, statements: str) -> "PatchedInstall":
        """Runs statements before each call of a function or method, whose arguments are `args`."""
        return self._wrap(target, f"{statements}\nreturn original(*args)")

    def run_after(self, target: str, statements: str) -> "PatchedInstall":
        """Runs statements after each call of a function or method, whose arguments are `args`."""
        return self._wrap(target, f"result = original(*args)\n{statements}\nreturn result")

    def _wrap(self, target: str, statements: str) -> "PatchedInstall":
        return self._patch(target, f"def wrapper(*args):\n{indent(statements, '    ')}\nreturn wrapper")

    def _patch(self, target: str, statements: str) -> "PatchedInstall":
        """Adds to the copied module the lines that set the attribute, above what it does when it is run itself."""
        pkgutil.resolve_name(target)  # a target that does not exist would change nothing
        module, _, attribute = target.partition(":")
        path = self.folder / f"{module.replace('.', '/')}.py"
        patch = f"def _make(original):\n{indent(statements, '    ')}\n{attribute} = _make({attribute})\n"
        source, main, rest = path.read_text("utf-8").partition("\nif __name__ == ")
        path.write_text(f"{source}\n{patch}{main}{rest}", "utf-8")
        return self

    def orch(self, repository: Repository, *arguments: str, env: dict[str, str] | None = None) -> Ended:
        """Runs `orch` of this environment in the repository."""
        return repository.run(str(self.folder / "venv/bin/python"), "-I", "-m", "runner", *arguments, env=env)
