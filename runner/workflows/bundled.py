"""The contracts, workflows and instructions that are bundled with `orch`, and their installation in a repository."""

import os
import shutil
from codecs import BOM_UTF8
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gate_tests.errors import Refused
from gate_tests.files.directory import Directory, refuse_symlink
from gate_tests.files.regular_file import read_regular_file
from gate_tests.workspace.names import TEMPORARY
from runner import suggestions

_INSTALLED: Final = Path(__file__).parents[1] / "data"
_CHECKOUT: Final = Path(__file__).parents[2] / "orchestration"

EXAMPLES: Final = "gates/examples"
_GIT_RULES: Final = (".gitattributes", ".gitignore")
_BARE: Final = (*_GIT_RULES, "README.md", "runs/.gitkeep", "gates/README.md")
_WORKFLOWS: Final = (
    "gates/contracts/*.json", "gates/programs/*.py", "gates/schemas/*.json", "prompts/**/*.md", "workflows/*.json",
)  # fmt: skip
"""What `init --bare` leaves out."""


def bundled_directory() -> Path:
    """The bundled `orchestration/`: inside the installed package, or beside it in a checkout."""
    return _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT


@dataclass(frozen=True)
class InstallResult:
    """What `init` created, what existed already and was added to or kept: paths relative to the root."""

    created: tuple[str, ...]
    updated: tuple[str, ...]
    kept: tuple[str, ...]


def install_orchestration(root: Path, *, is_bare: bool = False) -> InstallResult:
    """Copies the bundled files, except the examples, to `root/orchestration`; `is_bare`: no contract and no workflow.

    Never overwrites a file or writes through a symlink. To git's rules in a file that exists, those that are missing
    are added. Raises Refused.
    """
    created: list[str] = []
    kept: list[str] = []
    for source in _list_bundled_files(_BARE if is_bare else (*_BARE, *_WORKFLOWS)):
        path = f"orchestration/{source.relative_to(bundled_directory()).as_posix()}"
        (kept if _exists(root / path) else created).append(path)
    for path in created:
        _refuse_files_in_the_way(root, path)
    with Directory.open(root) as directory:
        for path in created:
            _create_file(directory, path, (bundled_directory() / path.removeprefix("orchestration/")).read_bytes())
        updated = [path for path in kept if path.endswith(_GIT_RULES) and _add_missing_rules(directory, root / path)]
    return InstallResult(tuple(created), tuple(updated), tuple(path for path in kept if path not in updated))


def copy_example(gate: str, root: Path) -> list[str]:
    """Copies the example artifacts of a gate to their places below `root`; returns their paths."""
    directory = bundled_directory() / EXAMPLES / gate
    paths = sorted(path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file())
    for path in paths:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(directory / path, target)
    return paths


def can_overrule(root: Path, rule: str) -> bool:
    """Whether `install_orchestration` would add rules that come before this `FILE:LINE: PATTERN` against records."""
    target = root / "orchestration/.gitignore"
    is_its_own = rule.partition(":")[0].endswith("orchestration/.gitignore")
    return not is_its_own and (not _exists(target) or bool(_find_missing_rules(target)))


def _add_missing_rules(root: Directory, target: Path) -> bool:
    """Adds git's rules that a file lacks. At its top: the lines of its own come after them, so that they decide."""
    if missing := _find_missing_rules(target):
        content = b"".join(missing) + read_regular_file(target).removeprefix(BOM_UTF8)
        unfinished = f"orchestration/{TEMPORARY}{os.urandom(8).hex()}"
        _create_file(root, unfinished, content)
        os.replace(unfinished, f"orchestration/{target.name}", src_dir_fd=root.descriptor, dst_dir_fd=root.descriptor)
    return bool(missing)


def _find_missing_rules(target: Path) -> list[bytes]:
    """The bundled lines that a file lacks, with their comments. None of a link, which git does not follow either."""
    if target.is_symlink() or not target.is_file():
        return []
    known = {line.strip() for line in read_regular_file(target).removeprefix(BOM_UTF8).splitlines()}
    bundled = (bundled_directory() / target.name).read_bytes().splitlines(keepends=True)
    missing = [line for line in bundled if line.strip() not in known]
    return missing if any(not line.startswith(b"#") for line in missing) else []


def _list_bundled_files(patterns: Iterable[str]) -> list[Path]:
    directory = bundled_directory()
    return sorted(path for pattern in patterns for path in directory.glob(pattern))


def _create_file(root: Directory, path: str, content: bytes) -> None:
    """Creates a whole file or none: what is there already is kept by the next `init`."""
    directory, _, name = path.rpartition("/")
    with root.open_below(directory, create=True) as parent, parent.naming(name):
        descriptor = parent.create_new(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
        except BaseException:
            os.unlink(name, dir_fd=parent.descriptor)
            raise


def _refuse_files_in_the_way(root: Path, path: str) -> None:
    for parent in reversed(Path(path).parents[:-1]):
        directory = root / parent
        refuse_symlink(directory, str(directory))
        if _exists(directory) and not directory.is_dir():
            raise Refused(
                f"{directory} is not a directory; move it out of the way, then repeat the command",
                next_command=suggestions.INIT,
            )


def _exists(path: Path) -> bool:
    return path.exists() or path.is_symlink()
