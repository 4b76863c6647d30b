"""Colours follow NO_COLOR, then FORCE_COLOR, then the terminal."""

import os
import re

import pexpect
import pytest

from tests.support.repository import BIN, Repository

pytestmark = pytest.mark.usefixtures("small_contracts")

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
CASES = {
    "a terminal": ({}, True, True),
    "a terminal that is dumb": ({"TERM": "dumb"}, True, False),
    "a terminal, none wanted": ({"NO_COLOR": "1"}, True, False),
    "a terminal, an empty NO_COLOR": ({"NO_COLOR": ""}, True, True),
    "a terminal, both": ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
    "no terminal": ({}, False, False),
    "no terminal, forced": ({"FORCE_COLOR": "1"}, False, True),
    "no terminal, forced by any value": ({"FORCE_COLOR": "0"}, False, True),
    "no terminal, an empty FORCE_COLOR": ({"FORCE_COLOR": ""}, False, False),
    "no terminal, forced and dumb": ({"FORCE_COLOR": "1", "TERM": "dumb"}, False, True),
}


@pytest.mark.parametrize(("env", "at_a_terminal", "coloured"), CASES.values(), ids=CASES.keys())
def test_our_lines_and_those_of_pytest_have_colours_where_they_are_wanted(
    shipped: Repository, run_id: str, env: dict[str, str], at_a_terminal: bool, coloured: bool
) -> None:
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "CI")}
    there = {**kept, "TERM": "xterm", "NO_COLOR": "", "FORCE_COLOR": "", **env}
    check = ["gate", "check", "--run", run_id, "--gate", "G1"]
    if at_a_terminal:
        child = pexpect.spawn(str(BIN / "orch"), check, cwd=str(shipped.root), env=there, encoding="utf-8", timeout=60)
        out = child.read()
        child.close()
    else:
        out = shipped.orch(*check, env=there).out
    ours = next(line for line in out.splitlines() if "G1 Intake Approval" in line)
    theirs = next(line for line in out.splitlines() if "1 failed" in line)
    assert [bool(COLOUR.search(line)) for line in (ours, theirs)] == [coloured, coloured]
