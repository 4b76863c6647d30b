"""The tutorial, word by word: its commands are typed in its order, and print what it shows."""

import subprocess
from pathlib import Path

import pytest

from docs.generators.console import play_page
from docs.generators.tutorial import PAGE
from docs.markdown.page import read
from tests.support import CHECKOUT

TUTORIAL = read(CHECKOUT / PAGE)


@pytest.mark.slow
def test_its_commands_print_what_it_shows(tmp_path: Path) -> None:
    subprocess.run(["git", "clone", "--quiet", str(CHECKOUT), str(tmp_path / "orch")], check=True)
    assert play_page(TUTORIAL.text, tmp_path) == TUTORIAL.text, "write it again with: python -m docs.generators"
    assert (tmp_path / "my-project/.venv/bin/orch").is_file(), "it is the orch that the tutorial installs"


def test_it_leads_to_a_fail_and_then_to_a_pass() -> None:
    shown = "".join(TUTORIAL.find_blocks("console"))
    assert 0 < shown.index("\nFAIL  R1") < shown.index("\nPASS  R1") < shown.index("completed: PASSED")
