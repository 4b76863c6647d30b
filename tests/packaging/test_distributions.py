"""What the sdist and the wheel hold and say of themselves. docs/release.md names these checks."""

import tarfile
import tomllib
from email.message import Message
from email.parser import Parser
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

import pytest

from runner.version import VERSION
from tests.packaging.distributions import Distributions
from tests.packaging.tools import Tools
from tests.support import CHECKOUT
from tests.support.git_checkout import git

pytestmark = pytest.mark.slow
PACKAGES = ("gate_tests", "runner")


@pytest.fixture(scope="module")
def metadata(distributions: Distributions) -> Message:
    """The metadata in the wheel."""
    with ZipFile(distributions.wheel) as archive:
        return Parser().parsestr(archive.read(f"orch_runner-{VERSION}.dist-info/METADATA").decode())


def test_the_index_will_accept_both_and_show_the_readme(tools: Tools, distributions: Distributions) -> None:
    ended = tools.tool("twine", "check", "--strict", str(distributions.sdist), str(distributions.wheel))
    assert ended.out.count("PASSED") == 2


def test_the_sdist_holds_what_a_checkout_holds(tools: Tools, distributions: Distributions) -> None:
    ended = tools.tool("check-manifest", "--verbose", cwd=distributions.source)
    assert "lists of files in version control and sdist match" in ended.err + ended.out


def test_the_sdist_holds_no_caches_and_nothing_from_outside(distributions: Distributions) -> None:
    with tarfile.open(distributions.sdist) as archive:
        members = archive.getmembers()
    assert all(each.isfile() or each.isdir() for each in members)
    top = f"orch_runner-{VERSION}"
    paths = [PurePosixPath(each.name) for each in members]
    assert {path.parts[0] for path in paths} == {top}
    assert [str(path) for path in paths if path.suffix == ".pyc" or "cache" in path.parts[-1]] == []
    tracked = {*git(distributions.source, "ls-files").splitlines()}
    held = {str(path.relative_to(top)) for path, each in zip(paths, members, strict=True) if each.isfile()}
    assert tracked - held == set()


def test_the_wheel_holds_the_packages_their_data_and_the_licence_only(distributions: Distributions) -> None:
    held = distributions.list_wheel()
    information = f"orch_runner-{VERSION}.dist-info"
    top_level = {PurePosixPath(path).parts[0] for path in held}
    modules = {path.name for path in CHECKOUT.glob("orch_*.py")}
    assert top_level == {*PACKAGES, *modules, information}
    assert f"{information}/licenses/LICENSE" in held
    assert {f"{package}/py.typed" for package in PACKAGES} <= held
    sources = git(distributions.source, "ls-files", *PACKAGES).splitlines()
    assert {path for path in sources if not path.endswith(".md")} - held == set()
    shipped = git(distributions.source, "ls-files", "orchestration").splitlines()
    assert {path.replace("orchestration", "runner/data", 1) for path in shipped} - held == set()


def test_the_wheel_is_the_same_built_of_the_checkout(
    tools: Tools, distributions: Distributions, tmp_path: Path
) -> None:
    tools.tool("uv", "build", "--quiet", "--wheel", "--out-dir", str(tmp_path), str(distributions.source))
    (wheel,) = tmp_path.glob("*.whl")
    assert distributions._replace(wheel=wheel).list_wheel() == distributions.list_wheel()


def test_the_metadata_say_what_is_tested(metadata: Message) -> None:
    classifiers = metadata.get_all("Classifier") or []
    assert metadata["Version"] == VERSION
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert "Typing :: Typed" in classifiers
    assert f"Programming Language :: Python :: {metadata['Requires-Python'].removeprefix('>=')}" in classifiers
    assert not any("Windows" in each for each in classifiers)


def test_the_index_knows_each_classifier(tools: Tools, metadata: Message) -> None:
    known = tools.tool("python", "-c", "import trove_classifiers; print(*trove_classifiers.classifiers, sep='\\n')")
    assert set(metadata.get_all("Classifier") or []) - {*known.out.splitlines()} == set()


def test_a_dependency_has_a_lower_bound_and_no_upper_one() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
    assert [each for each in project["dependencies"] if ">=" not in each or "<" in each or "==" in each] == []


USE = """
from gate_tests.own import Outcome, OwnCheck

def judge(text: str, words: list[str]) -> Outcome:
    found = [word for word in words if word in text]
    return Outcome(not found, f"{len(found)} of them", {"words": found})

check = OwnCheck(judge, summary="none of the words occurs", keys={"words": {"type": "array"}}, required=("words",))
"""


def test_a_package_with_its_own_check_is_type_checked(
    tools: Tools, distributions: Distributions, tmp_path: Path
) -> None:
    tools.tool("uv", "venv", "--quiet", str(tmp_path / "venv"))
    tools.tool("uv", "pip", "install", "--quiet", "--python", str(tmp_path / "venv"), str(distributions.wheel), "mypy")
    mypy = (str(tmp_path / "venv/bin/mypy"), "--strict", "--cache-dir", str(tmp_path / "cache"))
    for name, source in (("good", USE), ("bad", USE.replace("Outcome(not found", "Outcome(str(found)"))):
        (tmp_path / f"{name}.py").write_text(source)
    good = tools.run(*mypy, str(tmp_path / "good.py"), may_fail=True)
    assert good.code == 0, good.out
    bad = tools.run(*mypy, str(tmp_path / "bad.py"), may_fail=True)
    assert bad.code == 1
    assert 'Argument 1 to "Outcome"' in bad.out
