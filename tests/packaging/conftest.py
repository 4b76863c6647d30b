"""The tools, the sdist and the wheel, made once."""

import pytest

from tests.packaging.distributions import Distributions
from tests.packaging.tools import Tools


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Tools:
    """uv, pipx, shiv, pex and others; in CI the test fails without them."""
    return Tools.install(tmp_path_factory.mktemp("tools"))


@pytest.fixture(scope="session")
def distributions(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    """The sdist and the wheel of the checkout."""
    return Distributions.build(tools, tmp_path_factory.mktemp("distributions"))
