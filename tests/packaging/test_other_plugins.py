"""Beside plugins that shuffle, repeat and distribute the tests of a session, the verdict is the same."""

from pathlib import Path

import pytest

from tests.packaging.distributions import Distributions
from tests.packaging.tools import Tools
from tests.packaging.ways import Place

OTHERS = ("pytest-randomly", "pytest-rerunfailures", "pytest-xdist")


@pytest.mark.slow
def test_the_demo_is_the_same_where_other_plugins_of_pytest_are_installed(
    tools: Tools, distributions: Distributions, tmp_path: Path
) -> None:
    programs = Place(tmp_path, tools, distributions.wheel).environment()
    tools.tool("uv", "pip", "install", "--quiet", "--python", str(tmp_path / "venv"), *OTHERS)
    options = {"PYTEST_ADDOPTS": "--reruns 3 -n 2 --maxfail 1"}
    demo = tools.run(str(programs / "orch"), "demo", "--directory", str(tmp_path / "demo"), env=options)
    assert demo.out.count("\nPASS  G") == 3
