"""The screens of README are those of the tutorial."""

from docs.generators.readme_parts import cut_screen
from docs.markdown.page import Block


def test_a_screen_ends_before_the_next_command() -> None:
    text = "$ orch gate finish --gate R1\nRun x\nFAIL  R1\nNext: orch gate start\n$ echo $?\n1\n"
    assert cut_screen(Block("console", text)) == "$ orch gate finish --gate R1\nRun x\nFAIL  R1"


def test_a_block_without_that_command_has_none() -> None:
    assert cut_screen(Block("console", "$ orch gate start --gate R1\n")) == ""
