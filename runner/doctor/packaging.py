"""Diagnoses whether `orchestration/` keeps setuptools from building the package of a repository, or gets into it.

setuptools takes any directory whose name is an identifier for a package, with or without `__init__.py`, unless its name
is one that it knows, such as `docs`. Where it finds two, it refuses to build.
"""

import json
import os
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, NamedTuple

from runner import suggestions
from runner.doctor.diagnosis import Diagnosis
from runner.doctor.setuptools_settings import SetuptoolsSettings, read_setuptools_settings

_SUBJECT: Final = "packaging"
_NAME: Final = "orchestration"
_NO_PACKAGES: Final = (
    "ci", "bin", "debian", "doc", "docs", "documentation", "manpages", "news", "newsfragments", "changelog", "test",
    "tests", "unit_test", "unit_tests", "example", "examples", "scripts", "tools", "util", "utils", "python", "build",
    "dist", "venv", "env", "requirements", "tasks", "fabfile", "site_scons", "benchmark", "benchmarks", "exercise",
    "exercises", "htmlcov", "[._]*",
)  # fmt: skip
_NO_MODULES: Final = (
    "setup", "conftest", "test", "tests", "example", "examples", "build", "toxfile", "noxfile", "pavement", "dodo",
    "tasks", "fabfile", "[Ss][Cc]onstruct", "conanfile", "manage", "benchmark", "benchmarks", "exercise", "exercises",
    "[._]*",
)  # fmt: skip
"""What setuptools takes for no package and no module at the top (setuptools/discovery.py)."""


class PackagingProblem(NamedTuple):
    """What setuptools does with `orchestration/`, and the command that prevents it, or how to."""

    message: str
    next_command: str | None = None
    advice: str | None = None


def diagnose_packaging(root: Path) -> Iterator[Diagnosis]:
    """A warning where setuptools would not build the package at the root as it did without `orchestration/`."""
    if problem := find_packaging_problem(root):
        yield Diagnosis.warn(_SUBJECT, problem.message, problem.next_command, advice=problem.advice)


def find_packaging_problem(root: Path) -> PackagingProblem | None:
    """The problem of a root that has `orchestration/`; None where there is none, or where it was one before."""
    settings = read_setuptools_settings(root)
    if settings is None:
        return None
    if settings.find is not None and settings.find.finds(_NAME):
        return _exclude(settings.find.file, has_key=bool(settings.find.exclude))
    if not settings.discovers or (root / "src").is_dir():
        return None
    packages = [name for name in _list_names(root, _NO_PACKAGES) if name != _NAME]
    if len(packages) > 1:
        return None
    if packages:
        message = f"setuptools finds two packages, {packages[0]} and {_NAME}, and so builds none (pip install .)"
        return _name_package(packages[0], message, settings)
    modules = list(_list_names(root, _NO_MODULES, ".py"))
    instead = f" instead of {', '.join(f'{name}.py' for name in modules)}" if modules else ""
    return _name_modules(modules, f"setuptools installs {_NAME}/ as a package{instead} (pip install .)", settings)


def _list_names(root: Path, excluded: Iterable[str], suffix: str = "") -> Iterator[str]:
    """The identifiers that are directories at the top, or files with this suffix, without it."""
    for entry in sorted(os.scandir(root), key=lambda entry: entry.name):
        name = entry.name.removesuffix(suffix)
        is_kind = entry.is_file() and entry.name.endswith(suffix) if suffix else entry.is_dir()
        if is_kind and name.isidentifier() and not any(fnmatchcase(name, pattern) for pattern in excluded):
            yield name


def _exclude(file: str, *, has_key: bool) -> PackagingProblem:
    section = "[tool.setuptools.packages.find]" if file == "pyproject.toml" else "[options.packages.find]"
    message = f"{file}: {section} finds {_NAME}/, which pip install . installs as a package"
    value = f'"{_NAME}*"' if file == "pyproject.toml" else f"{_NAME}*"
    line = f"exclude = [{value}]" if file == "pyproject.toml" else f"exclude = {value}"
    return PackagingProblem(message, advice=f"add {value} to exclude there" if has_key else f"add `{line}` there")


def _name_package(package: str, message: str, settings: SetuptoolsSettings) -> PackagingProblem:
    if not settings.has_pyproject:
        return PackagingProblem(message, advice=f"name it in setup.cfg or setup.py: packages = {package}")
    lines = ("[tool.setuptools.packages.find]", f"include = {json.dumps([package, f'{package}.*'])}")
    return PackagingProblem(message, suggestions.append_lines("pyproject.toml", "", *lines))


def _name_modules(modules: list[str], message: str, settings: SetuptoolsSettings) -> PackagingProblem:
    if not settings.has_pyproject:
        named = f" = {', '.join(modules)}" if modules else ", with none"
        return PackagingProblem(message, advice=f"name them in setup.cfg or setup.py: py_modules{named}")
    line = f"py-modules = {json.dumps(modules)}"
    if settings.has_table:
        return PackagingProblem(message, advice=f"add `{line}` to [tool.setuptools] in pyproject.toml")
    return PackagingProblem(message, suggestions.append_lines("pyproject.toml", "", "[tool.setuptools]", line))
