"""The contracts, workflows and instructions that are bundled with `orch`, and their installation in a repository."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gate_tests.errors import Refused
from gate_tests.files.directory import Directory, refuse_symlink
from runner import suggestions

_INSTALLED: Final = Path(__file__).parents[1] / "data"
_CHECKOUT: Final = Path(__file__).parents[2] / "orchestration"

EXAMPLES: Final = "gates/examples"


def bundled_directory() -> Path:
    """The bundled `orchestration/`: inside the installed package, or beside it in a checkout."""
    return _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT


@dataclass(frozen=True)
class InstallResult:
    """What `init` created and what existed already: paths relative to the root."""

    created: tuple[str, ...]
    kept: tuple[str, ...]


def install_orchestration(root: Path) -> InstallResult:
    """Copies the bundled files, except the examples, to `root/orchestration`.

    Never overwrites a file or writes through a symlink. Raises Refused.
    """
    created: list[str] = []
    kept: list[str] = []
    for source in _list_bundled_files():
        path = f"orchestration/{source.relative_to(bundled_directory()).as_posix()}"
        (kept if _exists(root / path) else created).append(path)
    for path in created:
        _refuse_files_in_the_way(root, path)
    with Directory.open(root) as directory:
        for path in created:
            _create_file(directory, path, (bundled_directory() / path.removeprefix("orchestration/")).read_bytes())
    return InstallResult(tuple(created), tuple(kept))


def copy_example(gate: str, root: Path) -> list[str]:
    """Copies the example artifacts of a gate to their places below `root`; returns their paths."""
    directory = bundled_directory() / EXAMPLES / gate
    paths = sorted(path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file())
    for path in paths:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(directory / path, target)
    return paths


def _list_bundled_files() -> list[Path]:
    directory = bundled_directory()
    patterns = (".gitattributes", ".gitignore", "README.md", "runs/.gitkeep", "gates/README.md",
                "gates/contracts/*.json",
                "gates/programs/*.py", "gates/schemas/*.json", "prompts/**/*.md", "workflows/*.json")  # fmt: skip
    return sorted(path for pattern in patterns for path in directory.glob(pattern))


def _create_file(root: Directory, path: str, content: bytes) -> None:
    directory, _, name = path.rpartition("/")
    with root.open_below(directory, create=True) as parent, os.fdopen(parent.create_new(name), "wb") as file:
        file.write(content)


def _refuse_files_in_the_way(root: Path, path: str) -> None:
    for parent in reversed(Path(path).parents[:-1]):
        directory = root / parent
        refuse_symlink(directory, str(directory))
        if _exists(directory) and not directory.is_dir():
            raise Refused(
                f"{directory} is no folder; move it out of the way, then repeat the command",
                next_command=suggestions.INIT,
            )


def _exists(path: Path) -> bool:
    return path.exists() or path.is_symlink()
