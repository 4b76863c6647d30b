"""A repository that is built as a Python package: `orchestration/` is not to keep setuptools from it, nor to get in."""

import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.messages import message
from tests.support.repository import Repository

BUILD = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
PROJECT = f'{BUILD}\n[project]\nname = "mine"\nversion = "1"\n'
FIND = f"{PROJECT}\n[tool.setuptools.packages.find]\n"
PACKAGE = {"mine/__init__.py": "", "mine/inner/part.py": "", "tests/test_a.py": "", "docs/conf.py": ""}
CFG = "[metadata]\nname = mine\nversion = 1\n"


@dataclass(frozen=True)
class Host:
    """A repository that setuptools builds, what is said of it, and the change that is to prevent that.

    `fix`: a file and its new content, where the change needs a person; else the printed command is run.
    """

    files: Mapping[str, str]
    said: str
    fix: tuple[str, str] | None = None


TWO = message("two-packages", package="mine")
HOSTS = {
    "flat": Host({"pyproject.toml": PROJECT, **PACKAGE}, TWO),
    "flat, with settings": Host(
        {"pyproject.toml": f"{PROJECT}\n[tool.setuptools]\nzip-safe = false\n", **PACKAGE}, TWO
    ),
    "flat, without build-system": Host({"pyproject.toml": PROJECT.removeprefix(BUILD), **PACKAGE}, TWO),
    "a module": Host(
        {"pyproject.toml": PROJECT, "mine.py": ""}, message("installs-orchestration", instead=" instead of mine.py")
    ),
    "a module, with settings": Host(
        {"pyproject.toml": f"{PROJECT}\n[tool.setuptools]\nzip-safe = false\n", "mine.py": ""},
        message("installs-orchestration", instead=" instead of mine.py"),
        ("pyproject.toml", f'{PROJECT}\n[tool.setuptools]\nzip-safe = false\npy-modules = ["mine"]\n'),
    ),
    "nothing to install": Host({"pyproject.toml": PROJECT}, message("installs-orchestration", instead="")),
    "find": Host(
        {"pyproject.toml": FIND, "mine/__init__.py": ""},
        message("find-rule-finds", file="pyproject.toml", section="[tool.setuptools.packages.find]"),
        ("pyproject.toml", f'{FIND}exclude = ["orchestration*"]\n'),
    ),
    "find, with exclude": Host(
        {"pyproject.toml": f'{FIND}exclude = ["tests*"]\n', "mine/__init__.py": "", "tests/a.py": ""},
        message("find-rule-finds", file="pyproject.toml", section="[tool.setuptools.packages.find]"),
        ("pyproject.toml", f'{FIND}exclude = ["tests*", "orchestration*"]\n'),
    ),
    "setup.cfg": Host(
        {"setup.cfg": CFG, **PACKAGE}, TWO, ("setup.cfg", f"{CFG}[options]\npackages = mine, mine.inner\n")
    ),
    "setup.cfg, find_namespace": Host(
        {"setup.cfg": f"{CFG}[options]\npackages = find_namespace:\n", "mine/__init__.py": ""},
        message("find-rule-finds", file="setup.cfg", section="[options.packages.find]"),
        (
            "setup.cfg",
            f"{CFG}[options]\npackages = find_namespace:\n[options.packages.find]\nexclude = orchestration*\n",
        ),
    ),
    "setup.py": Host(
        {"setup.py": "from setuptools import setup\nsetup(name='mine', version='1')\n", "mine/__init__.py": ""},
        TWO,
        ("setup.py", "from setuptools import setup\nsetup(name='mine', version='1', packages=['mine'])\n"),
    ),
}
UNTOUCHED: dict[str, Mapping[str, str]] = {
    "src": {"pyproject.toml": PROJECT, "src/mine/__init__.py": ""},
    "packages": {"pyproject.toml": f'{PROJECT}\n[tool.setuptools]\npackages = ["mine"]\n', "mine/__init__.py": ""},
    "include": {"pyproject.toml": f'{FIND}include = ["mine*"]\n', "mine/__init__.py": ""},
    "where": {"pyproject.toml": f'{FIND}where = ["lib"]\n', "lib/mine/__init__.py": ""},
    "no namespaces": {"pyproject.toml": f"{FIND}namespaces = false\n", "mine/__init__.py": ""},
    "setup.cfg": {"setup.cfg": f"{CFG}[options]\npackages = find:\n", "mine/__init__.py": ""},
    "setup.py": {
        "setup.py": "from setuptools import find_packages, setup\n"
        "setup(name='mine', version='1', packages=find_packages())\n",
        "mine/__init__.py": "",
    },
}
NOT_BUILT: dict[str, Mapping[str, str]] = {
    "another backend": {"pyproject.toml": PROJECT.replace("setuptools.build_meta", "hatchling.build"), **PACKAGE},
    "only settings of tools": {"pyproject.toml": "[tool.ruff]\n", **PACKAGE},
    "a project of uv without a package": {"pyproject.toml": PROJECT.removeprefix(BUILD), "uv.lock": "", **PACKAGE},
    "two packages, refused before": {"pyproject.toml": PROJECT, "other/__init__.py": "", **PACKAGE},
    "not valid": {"pyproject.toml": "[[", **PACKAGE},
}


def make_host(directory: Path, files: Mapping[str, str]) -> Repository:
    directory.mkdir()
    host = Repository(directory)
    for path, content in files.items():
        host.write(path, content)
    return host


def build(host: Repository, out: Path) -> set[str]:
    """The modules of the wheel that setuptools builds; raises where it refuses."""
    out.mkdir()
    ended = host.run(sys.executable, "-I", "-c", f"import setuptools.build_meta as b; b.build_wheel({str(out)!r})")
    assert ended.code == 0, ended.err[-500:]
    (wheel,) = out.glob("*.whl")
    for left in ("build", "mine.egg-info"):
        host.run("rm", "-rf", left)
    return {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}


@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS.keys())
def test_init_and_doctor_say_what_keeps_setuptools_from_building_as_before(host: Host, tmp_path: Path) -> None:
    repository = make_host(tmp_path / "host", host.files)
    warned = repository.orch("init").err
    assert f"orch: warning: {host.said}\n  to fix it: " in warned
    fix = warned.splitlines()[-1].removeprefix("  to fix it: ")
    (diagnosis,) = (row for row in repository.orch("doctor", "--json").json if row["subject"] == "packaging")
    assert (diagnosis["status"], diagnosis["message"]) == ("warn", host.said)
    assert (diagnosis["next"], diagnosis["advice"]) == ((None, fix) if host.fix else (fix, None))


@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS.keys())
@pytest.mark.slow
def test_with_the_lines_that_are_printed_the_same_modules_are_built(host: Host, tmp_path: Path) -> None:
    repository = make_host(tmp_path / "host", host.files)
    before = build(repository, tmp_path / "before")
    fix = repository.orch("init").err.splitlines()[-1].removeprefix("  to fix it: ")
    if host.said == TWO:
        with pytest.raises(AssertionError, match="Multiple top-level packages discovered"):
            build(repository, tmp_path / "refused")
    else:
        assert any(name.startswith("orchestration/") for name in build(repository, tmp_path / "changed"))
    if host.fix:
        repository.write(*host.fix)
    else:
        assert repository.run("sh", "-c", fix).code == 0
    assert build(repository, tmp_path / "after") == before
    assert "setuptools" not in repository.orch("init").err


@pytest.mark.parametrize("files", UNTOUCHED.values(), ids=UNTOUCHED.keys())
@pytest.mark.slow
def test_a_package_that_is_named_is_built_as_before_and_nothing_is_said(
    files: Mapping[str, str], tmp_path: Path
) -> None:
    host = make_host(tmp_path / "host", files)
    before = build(host, tmp_path / "before")
    assert host.orch("init").err == ""
    assert build(host, tmp_path / "after") == before


@pytest.mark.parametrize("files", NOT_BUILT.values(), ids=NOT_BUILT.keys())
def test_where_setuptools_builds_nothing_nothing_is_said(files: Mapping[str, str], tmp_path: Path) -> None:
    assert make_host(tmp_path / "host", files).orch("init").err == ""


def test_from_another_directory_the_command_is_for_the_root(tmp_path: Path) -> None:
    make_host(tmp_path / "host", HOSTS["flat"].files)
    warned = Repository(tmp_path).orch("-C", "host", "init").err
    fix = warned.splitlines()[-1].removeprefix("  to fix it: ")
    assert fix.startswith(f"(cd {tmp_path / 'host'} && printf ")
    assert Repository(tmp_path).run("sh", "-c", fix).code == 0
    assert (tmp_path / "host/pyproject.toml").read_text().endswith('\ninclude = ["mine", "mine.*"]\n')
