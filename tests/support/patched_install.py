"""A copy of the program in an environment of its own, with one thing changed: to see what the rest makes of a fault."""

import shutil
import site
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.support import CHECKOUT
from tests.support.repository import Ended, Repository


@dataclass(frozen=True)
class AlteredProgram:
    """`python -I -m runner` of an environment that holds a copy of our packages, and ours for all else."""

    folder: Path

    @classmethod
    def make(cls, folder: Path) -> "AlteredProgram":
        """An environment in `folder` (which does not exist yet) with an unchanged copy."""
        for package in ("gate_tests", "runner", "orchestration"):
            # Byte code is copied with the times of its sources, so only what is altered is compiled again.
            shutil.copytree(CHECKOUT / package, folder / package, ignore=shutil.ignore_patterns("*.pyc.*", "run_2*"))
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        packages = folder / "venv/lib" / version / "site-packages"
        packages.mkdir(parents=True)
        (packages / "altered.pth").write_text("\n".join([str(folder), *site.getsitepackages()]))
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

    def alter(self, module: str, old: str, new: str) -> "AlteredProgram":
        """Replaces `old`, which must stand there once, by `new` in a module such as `gate_tests/plugin.py`."""
        path = self.folder / module
        text = path.read_text("utf-8")
        assert text.count(old) == 1, f"{module} holds {old!r} {text.count(old)} times"
        path.write_text(text.replace(old, new), "utf-8")
        return self

    def orch(self, repository: Repository, *arguments: str, env: dict[str, str] | None = None) -> Ended:
        """Runs `orch` of this environment in the repository."""
        return repository.run(str(self.folder / "venv/bin/python"), "-I", "-m", "runner", *arguments, env=env)
