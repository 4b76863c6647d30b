"""The commands of a page are run, and what they print is what the page shows."""

from pathlib import Path

import pytest

from docs.generators.console import normalize, play_page
from docs.markdown.page import parse


def play(directory: Path, *commands: str) -> str:
    """The console block of a page with these commands, as it is after they were run."""
    page = play_page("\n".join(["```console", *(f"$ {command}" for command in commands), "```"]), directory)
    (block,) = parse(page).blocks
    return block.text


def test_the_output_of_a_command_replaces_what_was_shown(tmp_path: Path) -> None:
    page = "Text.\n\n```console\n$ echo a; echo b >&2\nold\n$ true\nolder\n```\n\nMore.\n"
    assert play_page(page, tmp_path) == "Text.\n\n```console\n$ echo a; echo b >&2\na\nb\n$ true\n```\n\nMore.\n"


def test_a_command_sees_directory_variables_and_exit_code_of_the_one_before(tmp_path: Path) -> None:
    played = play(tmp_path, "mkdir a && cd a", "name=value", "(exit 3)", "echo $? $name ${PWD##*/}")
    assert played.endswith("\n3 value a\n")


def test_commands_of_later_blocks_follow_in_the_same_shell(tmp_path: Path) -> None:
    page = "```console\n$ name=value\n```\n\n```console\n$ echo $name\n```\n"
    assert "\nvalue\n" in play_page(page, tmp_path)


def test_a_block_with_a_title_is_written_as_a_file(tmp_path: Path) -> None:
    page = '```json title="a/b.json"\n{"key": "$HOME \\\\b"}\n```\n\n```console\n$ cat a/b.json\n```\n'
    assert play_page(page, tmp_path).endswith('$ cat a/b.json\n{"key": "$HOME \\\\b"}\n```\n')
    assert (tmp_path / "a/b.json").read_text() == '{"key": "$HOME \\\\b"}\n'


def test_other_blocks_are_left_alone(tmp_path: Path) -> None:
    page = "```sh\ntouch never\n```\n\n```text\n$ touch never\n```\n"
    assert play_page(page, tmp_path) == page
    assert list(tmp_path.iterdir()) == []


def test_a_command_that_reads_standard_input_finds_none(tmp_path: Path) -> None:
    assert play(tmp_path, "cat", "echo next").endswith("\nnext\n")


def test_a_skipped_command_is_not_run(tmp_path: Path) -> None:
    page = "```console\n$ touch never\n$ ls\n```\n"
    assert play_page(page, tmp_path, lambda command: command.startswith("touch")) == page
    assert list(tmp_path.iterdir()) == []


def test_output_without_a_final_newline_is_shown_whole(tmp_path: Path) -> None:
    assert play(tmp_path, "printf abc", "echo next") == "$ printf abc\nabc\n$ echo next\nnext\n"


def test_a_page_that_ends_the_shell_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="the shell has ended"):
        play(tmp_path, "exit 0")


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("output", "shown"),
    [
        pytest.param("x\n", "x\n", id="nothing varies"),
        pytest.param(
            "--run run_20261130T140828Z_v1-0_mo3net ", "--run run_20261201T090000Z_v1-0_k3x9ab\n", id="a run id"
        ),
        pytest.param("= 1 failed in 0.11s =\n", "= 1 failed in 0.08s =\n", id="a duration"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_what_differs_each_time_is_an_examples(output: str, shown: str) -> None:
    assert normalize(output) == shown
