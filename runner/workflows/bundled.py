"""The contracts, workflows and instructions that come with `orch`, and putting them into a repository."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from gate_tests.errors import Refused
from runner import suggestions

_INSTALLED = Path(__file__).parents[1] / "data"
_CHECKOUT = Path(__file__).parents[2] / "orchestration"

EXAMPLES = "gates/examples"


def shipped_folder() -> Path:
    """The `orchestration/` that ships: inside the installed package, or beside it in a checkout."""
    return _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT


@dataclass(frozen=True)
class Installed:
    """What `init` did: paths relative to the root."""

    created: tuple[str, ...]
    kept: tuple[str, ...]


def install_orchestration(root: Path) -> Installed:
    """Copies what ships to `root/orchestration`, the examples aside. A file that exists is never overwritten."""
    created: list[str] = []
    kept: list[str] = []
    for source in _shipped_files():
        path = f"orchestration/{source.relative_to(shipped_folder()).as_posix()}"
        (kept if _exists(root / path) else created).append(path)
    for path in created:
        _refuse_files_for_folders(root, path)
    for path in created:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(shipped_folder() / path.removeprefix("orchestration/"), target)
    return Installed(tuple(created), tuple(kept))


def copy_example(gate: str, root: Path) -> list[str]:
    """Copies the good artifacts of a gate to where they belong under `root`; gives their paths."""
    folder = shipped_folder() / EXAMPLES / gate
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    for path in paths:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / path, target)
    return paths


def _shipped_files() -> list[Path]:
    folder = shipped_folder()
    patterns = (".gitattributes", ".gitignore", "README.md", "runs/.gitkeep", "gates/README.md",
                "gates/contracts/*.json",
                "gates/programs/*.py", "gates/schemas/*.json", "prompts/**/*.md", "workflows/*.json")  # fmt: skip
    return sorted(path for pattern in patterns for path in folder.glob(pattern))


def _refuse_files_for_folders(root: Path, path: str) -> None:
    for folder in (root / path).parents:
        if _exists(folder) and not folder.is_dir():
            raise Refused(
                f"{folder} is no folder; move it out of the way, then repeat the command", next_command=suggestions.INIT
            )


def _exists(path: Path) -> bool:
    return path.exists() or path.is_symlink()
