"""Which directories the judging process imports from where each package has one of its own."""

from pathlib import Path

import pytest

from gate_tests.isolated_pytest import launch
from gate_tests.isolated_pytest.locations import find_locations


def installed(folder: Path, name: str, *requirements: str, entry_points: str = "") -> str:
    """A directory that holds one package, as in a pex."""
    described = folder / name / f"{name.replace('-', '_')}-1.0.dist-info"
    described.mkdir(parents=True)
    required = "".join(f"Requires-Dist: {each}\n" for each in requirements)
    (described / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{required}", "utf-8")
    (described / "entry_points.txt").write_text(entry_points, "utf-8")
    return str(folder / name)


def test_they_are_those_of_orch_and_all_that_it_requires_in_the_order_of_the_path(tmp_path: Path) -> None:
    pytest_, orch, pluggy = (
        installed(tmp_path, "pytest", "pluggy>=1.5"),
        installed(tmp_path, "orch-runner", "pytest>=9", 'pytest-xdist>=3.7; extra == "xdist"', 'mypy; extra == "dev"'),
        installed(tmp_path, "Pluggy"),
    )
    xdist, mypy = installed(tmp_path, "pytest_xdist"), installed(tmp_path, "mypy")
    assert find_locations([pytest_, mypy, orch, xdist, "", pluggy]) == [pytest_, orch, xdist, pluggy]


def test_packages_with_check_types_belong_to_them_and_what_those_require(tmp_path: Path) -> None:
    orch = installed(tmp_path, "orch-runner")
    acme = installed(tmp_path, "acme-checks", "words", entry_points="[orch.checks]\nweasels = acme:weasels\n")
    words = installed(tmp_path, "words")
    assert find_locations([orch, acme, words]) == [orch, acme, words]


def test_other_packages_and_directories_of_sources_do_not(tmp_path: Path) -> None:
    orch, other = installed(tmp_path, "orch-runner"), installed(tmp_path, "a-plugin-of-pytest")
    (tmp_path / "src").mkdir()
    (tmp_path / "src/pytest.py").write_text("")
    assert find_locations([str(tmp_path / "src"), other, orch, str(tmp_path / "missing")]) == [orch]


def test_of_two_packages_of_a_name_the_first_on_the_path_counts(tmp_path: Path) -> None:
    orch, first = installed(tmp_path, "orch-runner", "pytest"), installed(tmp_path / "a", "pytest")
    second = installed(tmp_path / "b", "pytest")
    assert find_locations([orch, first, second]) == [orch, first]


def test_in_an_environment_nothing_is_looked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    packages = tmp_path / "lib/site-packages"
    (packages / "pytest").mkdir(parents=True)
    installed(tmp_path, "orch-runner")
    monkeypatch.setattr("sys.path", [str(tmp_path), str(tmp_path / "src"), str(packages)])
    assert launch.package_paths()[1:] == [str(packages)]
