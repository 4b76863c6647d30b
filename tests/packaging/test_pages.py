"""The pages about installing and releasing: their commands are those that are tested."""

import re
import tomllib
from itertools import chain

import pytest

from tests.packaging.distributions import Distributions
from tests.packaging.tools import Tools
from tests.support import CHECKOUT
from tests.support.git_checkout import git

INSTALL = (CHECKOUT / "docs/how-to/install.md").read_text("utf-8")
RELEASE = (CHECKOUT / "docs/release.md").read_text("utf-8")
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))
COMMANDS = [*chain(*(re.findall("`([^`]+)`", row.split("|")[2]) for row in INSTALL.splitlines() if row[:1] == "|"))]


def test_each_way_to_install_is_one_of_those_that_are_tested() -> None:
    sources = (CHECKOUT / "tests/packaging/ways.py").read_text("utf-8")
    options = {word for command in COMMANDS for word in re.findall(r"(?<=\s)--[a-z-]+", command)}
    tools = {command.split()[0] for command in COMMANDS} - {"PYTHONPATH=DIR", "pip"}
    assert {word for word in options if f'"{word}' not in sources} == set()
    assert {tool for tool in tools if f'bin / "{tool}"' not in sources} == set()


def test_the_pythons_are_those_of_the_classifiers() -> None:
    minors = [each.split(" :: ")[-1] for each in PROJECT["project"]["classifiers"] if ":: 3." in each]
    tried = f"CPython {minors[0]} or later (the tests pass with {minors[0]} to {minors[-1]})"
    assert tried in " ".join(INSTALL.split())
    assert PROJECT["project"]["requires-python"] == f">={minors[0]}"
    assert [f"3.{minor}" for minor in range(11, 11 + len(minors))] == minors


def test_the_tools_of_a_release_are_those_of_the_tests() -> None:
    (block,) = re.findall(r"```console\n(.*?)```", RELEASE, re.DOTALL)
    programs = {line.split()[1] for line in block.splitlines()} - {"git", "rm"}
    listed = {re.split("[>=]", each)[0] for each in PROJECT["dependency-groups"]["packaging"]}
    assert programs <= listed


@pytest.mark.slow
def test_the_commands_of_a_release_succeed_in_a_checkout(tools: Tools, distributions: Distributions) -> None:
    (block,) = re.findall(r"```console\n(.*?)```", RELEASE, re.DOTALL)
    commands = [line.removeprefix("$ ").partition("#")[0].strip() for line in block.splitlines()]
    git(distributions.source, "commit", "--quiet", "--message", "all")
    ended = [tools.run("bash", "-c", command, cwd=distributions.source, may_fail=True) for command in commands]
    assert [each.code for each in ended] == [0] * len(commands), ended
    assert ended[0].out == ""
    assert ended[-1].out.count("\nPASS  G") == 3
