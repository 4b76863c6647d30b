"""The generated reference pages say what the commands, errors and messages themselves say."""

import pytest

from docs.generators import commands, exit_codes, messages
from docs.generators.message_meanings import MEANINGS, PARTS
from docs.markdown.text import build_table, format_code, format_prose
from gate_tests.errors import Exit
from tests.acceptance.messages.cases import CASES


@pytest.fixture(scope="module")
def page() -> str:
    """The page of all commands."""
    return commands.generate()[commands.PAGE]


def test_the_page_has_a_section_for_each_command_and_one_workflow(page: str) -> None:
    sections = {line.strip("# `") for line in page.splitlines() if line.startswith(("## ", "### "))}
    assert {"orch verify", "orch gate", "orch gate finish", "orch run visual-essay"} <= sections
    assert "orch run data-report" not in sections


def test_a_section_has_the_usage_the_help_an_example_and_the_options(page: str) -> None:
    section = page.partition("### `orch gate fail`\n")[2].partition("\n### ")[0]
    assert "```text\norch gate fail [OPTIONS]\n```" in section
    assert "```console\n$ orch gate fail " in section
    assert "| `--reason TEXT` |" in section
    assert "`--json`" not in section, "it is explained once, at the top"


def test_the_page_does_not_depend_on_the_width_of_the_screen(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert commands.generate()[commands.PAGE] == page


def test_every_exit_code_has_its_row() -> None:
    page = exit_codes.generate()[exit_codes.PAGE]
    assert all(f"| `{int(code)}` | " in page for code in Exit)
    assert "| [`orch doctor`](commands.md#orch-doctor) | The exit code is always 0;" in page


def test_a_message_has_its_section_a_command_its_code_and_what_to_do() -> None:
    page = messages.generate()[messages.PAGE]
    section = page.partition("## Names and paths\n")[2].partition("\n## ")[0]
    assert "| `no run matches 'RUN'` | `orch run show --run newest` | `2` | `orch run list` |" in section


def test_a_message_without_an_example_has_a_meaning_and_no_other_has() -> None:
    names = {name for section in messages.read_sections().values() for name in section}
    assert names - CASES.keys() == MEANINGS.keys()
    assert not PARTS & (CASES.keys() | MEANINGS.keys())


def test_the_exit_code_of_an_option_is_shown_with_the_option() -> None:
    rows = dict(exit_codes.list_commands_with_codes())
    assert rows["[`orch contract lint`](commands.md#orch-contract-lint)"].endswith(
        "`--strict`: Exit 1 if there are warnings."
    )


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("wording", "filled"),
    [
        ("unknown run {run!r}", "unknown run 'RUN'"),
        ("no command for {agent}: a person", "no command for AGENT: a person"),
        ("ended{where}", "ended …"),
        ("process {how}{where}", "process …"),
        ("no program in{root}", "no program in ROOT"),
        ("unknown variable {{{variable}}}", "unknown variable {VARIABLE}"),
    ],
)
def test_values_in_a_wording_become_names(wording: str, filled: str) -> None:
    assert messages.fill_in(wording) == filled


def test_text_that_is_no_markdown_stays_what_it_is() -> None:
    assert format_prose("AGENT=<name> with --all, not `--all *`") == r"AGENT=\<name> with `--all`, not `--all *`"
    assert format_code("a `b`") == "`` a `b` ``"
    assert build_table(("a",), [("x|y\nz",)]) == "| a |\n| --- |\n| x\\|y z |"
