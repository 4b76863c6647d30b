"""What an isolated Python is told to import from, in place of this one, which the caller's settings may have misled."""

import site
from pathlib import Path

import pytest

from runner.import_path import list_locations
from tests.support import CHECKOUT

OWN = str(CHECKOUT)


@pytest.fixture
def path(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The `sys.path` of this process, with the directory of a script and nothing else."""
    paths = ["/home/me/bin"]
    monkeypatch.setattr("sys.path", paths)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    return paths


def holder(folder: Path) -> str:
    """A directory with the package that shows where the dependencies are."""
    (folder / "click").mkdir(parents=True)
    return str(folder)


def test_in_an_environment_it_is_our_own_directory_only(path: list[str], tmp_path: Path) -> None:
    path += ["/usr/lib/python3.11", holder(tmp_path / "site-packages"), "/src"]
    assert list_locations() == [OWN]


def test_in_a_pex_it_is_the_directory_of_every_package(path: list[str], tmp_path: Path) -> None:
    path += ["/usr/lib/python3.11", OWN, holder(tmp_path / "click.whl"), "/cache/pytest.whl"]
    assert list_locations() == [OWN, "/usr/lib/python3.11", str(tmp_path / "click.whl"), "/cache/pytest.whl"]


@pytest.mark.parametrize("addition", ["PYTHONPATH", "user site", "current directory", "script"])
def test_it_is_never_what_the_caller_adds(
    path: list[str], addition: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = holder(tmp_path / "planted")
    wheel = holder(tmp_path / "click.whl")
    if addition == "PYTHONPATH":
        monkeypatch.setenv("PYTHONPATH", f":{tmp_path / 'planted/'}:relative")
    if addition == "user site":
        monkeypatch.setattr(site, "USER_SITE", planted)
    place = {"script": [planted], "current directory": ["/home/me/bin", "", "."]}
    path[:] = [*place.get(addition, ["/home/me/bin", planted]), wheel]
    assert list_locations() == [OWN, wheel]
