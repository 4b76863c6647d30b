"""docs/reference/command-line.md lists what has an effect on every command."""

import re

from tests.support import CHECKOUT

PAGE = (CHECKOUT / "docs/reference/command-line.md").read_text("utf-8")
OF_CLICK = {"ORCH_COMPLETE"}
"""Set by the completion script only."""


def test_it_lists_our_environment_variables() -> None:
    sources = [
        path.read_text("utf-8") for package in ("gate_tests", "runner") for path in CHECKOUT.glob(f"{package}/**/*.py")
    ]
    names = {name for text in sources for name in re.findall(r"\bORCH_[A-Z]+\b", text)}
    assert {"ORCH_ROOT", "ORCH_RUN"} <= names
    assert sorted(name for name in names - OF_CLICK if f"`{name}`" not in PAGE) == []
