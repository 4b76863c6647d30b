"""An agent's output at a terminal: text as it comes, harmless to the terminal and to a CI system."""

import pytest

from gate_tests.isolated_pytest.display import Display
from runner.agents.worker.terminal_output import TerminalOutput
from tests.support.ci_systems import COMMANDS, is_harmless


def shown(*chunks: bytes) -> list[str]:
    parts: list[str] = []
    output = TerminalOutput(Display(parts.append))
    for chunk in chunks:
        output.show(chunk)
        parts.append("|")
    output.end()
    return "".join(parts).split("|")


@pytest.mark.parametrize(
    ("chunks", "expected"),
    [
        ([b"a\n", b"b\n"], ["a", "\nb", "\n"]),
        ([b"no end"], ["no end", "\n"]),
        ([], [""]),
        (["grün".encode()[:3], "grün".encode()[3:]], ["gr", "ün", "\n"]),
        ([b"\xff"], ["\N{REPLACEMENT CHARACTER}", "\n"]),
        ([b"a\r\n", b"b"], ["a", "\nb", "\n"]),
    ],
    ids=["lines", "a line without an end", "nothing", "a letter in two chunks", "no UTF-8", "CRLF"],
)
def test_chunks_of_bytes_are_shown_as_text_and_its_last_line_is_ended(chunks: list[bytes], expected: list[str]) -> None:
    assert shown(*chunks) == expected


@pytest.mark.parametrize("text", COMMANDS.values(), ids=COMMANDS.keys())
def test_a_command_to_a_ci_system_is_disarmed_wherever_it_is_cut(text: str) -> None:
    content = text.encode()
    for cut in range(len(content) - 20, len(content)):
        printed = "".join(shown(content[:cut], content[cut:])).replace("|", "")
        assert is_harmless(printed, is_coloured=True), cut


def test_the_colours_of_an_agent_end_with_its_output() -> None:
    assert "".join(shown(b"\x1b[8mhidden")) == "\x1b[8mhidden\n\x1b[0m"
    assert "".join(shown(b"plain")) == "plain\n"


def test_control_characters_never_reach_the_terminal() -> None:
    assert "\x1b" not in "".join(shown(b"\x1b[2J", b"\x1b", b"]0;title\x07"))


def test_endless_white_space_is_not_held_back_for_ever() -> None:
    first, *_ = shown(b" " * 2000)
    assert first
