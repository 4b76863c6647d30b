"""Every command explains itself with an example that can be typed."""

import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from gate_tests.errors import Exit
from gate_tests.workspace.layout import Workspace
from runner.cli.app import app
from runner.cli.context import CliContext
from tests.support.repository import Ended, Repository

COMMANDS = {
    "run start", "run list", "run show", "run complete", "run repair", "run resume", "run visual-essay",
    "gate start", "gate finish", "gate fail", "invocation record", "init", "demo", "doctor",
    "run check", "schema", "completion", "contract new", "contract explain", "contract lint", "contract test",
    "status", "hook stop", "agent instructions", "agent skill", "workflow new", "ci",
}  # fmt: skip
GROUPS = {"", "run", "gate", "invocation", "contract", "hook", "agent", "workflow"}


def walk(workspace: Workspace) -> Iterator[click.Context]:
    """A context for every group and command of the tree, the workflows of the repository too."""
    pending = [click.Context(app, info_name="orch", obj=CliContext(workspace.root), **app.context_settings)]
    while pending:
        context = pending.pop()
        yield context
        if isinstance(context.command, click.Group):
            for name in context.command.list_commands(context):
                command = context.command.get_command(context, name)
                assert command is not None, name
                pending.append(click.Context(command, parent=context, info_name=name))


def name_of(context: click.Context) -> str:
    return context.command_path.removeprefix("orch").strip()


def example_lines(help_text: str) -> list[str]:
    """The command lines below Example; a line that ends in a backslash goes on in the next."""
    example = re.split(r"\n\s*\n", help_text.partition("Example:\n")[2])[0]
    return [line.strip() for line in example.replace("\\\n", " ").splitlines() if line.strip()]


def parse(root: click.Group, line: str, workspace: Workspace) -> str:
    """Parses a command line down to its command without running it; gives the command's name. Raises UsageError."""
    words = shlex.split(line)
    assert words[0] == "orch"
    context = root.make_context("orch", words[1:], obj=CliContext(workspace.root))
    while isinstance(context.command, click.Group):
        rest = [*getattr(context, "_protected_args", ()), *context.args]
        name, command, arguments = context.command.resolve_command(context, rest)
        assert command is not None
        context = command.make_context(name, arguments, parent=context)
    return name_of(context)


@pytest.fixture
def contexts(shipped: Repository) -> dict[str, click.Context]:
    """Every group and command by its name."""
    return {name_of(context): context for context in walk(shipped.workspace)}


def test_the_commands_of_the_issue_are_there(contexts: dict[str, click.Context]) -> None:
    assert set(contexts) >= COMMANDS | GROUPS


def test_every_help_shows_an_example_that_parses(shipped: Repository, contexts: dict[str, click.Context]) -> None:
    for name, context in contexts.items():
        lines = example_lines(context.command.get_help(context))
        assert lines, f"{name}: no example"
        parsed = [parse(app, line, shipped.workspace) for line in lines]
        if name not in GROUPS:
            assert name in parsed, f"{name}: its example is another command's"


def test_an_example_with_a_wrong_option_would_be_found(shipped: Repository) -> None:
    with pytest.raises(click.UsageError):
        parse(app, "orch gate start --run ID --gate G2 --agnet NAME", shipped.workspace)


def prepare(repository: Repository, line: str) -> None:
    """What a user has who types an example: a run of the essay with an attempt open, an agent, a topic."""
    repository.write("topic.txt", "Robots that read.\n")
    for program in ("claude", "codex"):
        repository.write(f"bin/{program}", "#!/bin/sh\ncat > /dev/null\n").chmod(0o755)
    (repository.root.parent / "other-repository").mkdir(exist_ok=True)
    if "--base" in line:
        repository.commit()
    if "explain G4" in line:
        assert repository.orch("contract", "new", "G4", "--name", "Draft").code == 0
    if not re.search(r"run (start|visual-essay|data-report)", line):
        run_id = repository.start_run()
        if not re.search(r"gate start(?!.*--abandon)|run complete$", line):
            repository.start_gate(run_id, "G2")


@pytest.mark.slow
@pytest.mark.parametrize("command", sorted(COMMANDS | GROUPS))
def test_every_example_works_as_it_stands(tmp_path: Path, contexts: dict[str, click.Context], command: str) -> None:
    for number, line in enumerate(example_lines(contexts[command].command.get_help(contexts[command]))):
        if "--watch" in line:
            continue  # it ends with Ctrl-C
        (tmp_path / f"{number}/root").mkdir(parents=True)
        repository = Repository(tmp_path / f"{number}/root").install()
        prepare(repository, line)
        path = {"PATH": f"{repository.root}/bin:{os.environ['PATH']}"}
        ended = repository.orch(*shlex.split(line)[1:], env=path, stdin="{}")
        assert ended.code in {Exit.OK, Exit.FAIL, Exit.PAUSED}, (line, ended)
        assert ended.code != Exit.FAIL or "failed" in ended.out or "agent" in ended.out, (line, ended)


def test_an_option_is_explained_on_one_line_and_no_line_is_wider_than_the_screen(
    contexts: dict[str, click.Context],
) -> None:
    for name, context in contexts.items():
        text = context.command.get_help(click.Context(context.command, context, "x", terminal_width=80))
        assert max(map(len, text.splitlines())) <= 80, name
        for line in "".join(re.split(r"^(Options|Commands):$", text, flags=re.MULTILINE)[1:]).splitlines():
            assert not re.match(r" {3,}\S", line), f"{name}: {line}"


def test_help_is_in_the_words_of_the_field(contexts: dict[str, click.Context]) -> None:
    old = re.compile(r"\b(stands?|told|tells|mend|fault|folder|held|holds|advice|sabotaged?)\b", re.IGNORECASE)
    for name, context in contexts.items():
        assert not (found := old.findall(context.command.get_help(context))), f"{name}: {found}"


def test_every_command_but_no_group_has_json(contexts: dict[str, click.Context]) -> None:
    with_json = {
        name
        for name, context in contexts.items()
        if any("--json" in parameter.opts for parameter in context.command.params)
    }
    assert with_json == set(contexts) - GROUPS


def test_every_option_is_explained(contexts: dict[str, click.Context]) -> None:
    for name, context in contexts.items():
        for parameter in context.command.get_params(context):
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{name}: {parameter.opts} is not explained"


@pytest.mark.parametrize("flag", ["--help", "-h"])
@pytest.mark.parametrize("command", sorted(COMMANDS | GROUPS))
def test_help_is_text_on_standard_output_with_exit_0(shipped: Repository, command: str, flag: str) -> None:
    from contextlib import redirect_stderr, redirect_stdout
    from io import StringIO

    from runner.cli.main import run

    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        code = run(["-C", str(shipped.root), *command.split(), flag])
    ended = Ended(code, out.getvalue(), err.getvalue())
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"Usage: orch {command}".rstrip())
    assert "Example" in ended.out


def test_help_works_outside_a_repository(tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = Repository(tmp_path_factory.mktemp("outside"))
    for command in ((), ("run",), ("gate", "start")):
        assert outside.orch(*command, "--help").code == 0


def test_the_program_tells_its_version(repository: Repository) -> None:
    ended = repository.orch("--version")
    assert re.fullmatch(r"orch \d+\.\d+.*\n", ended.out)


def test_python_m_runner_is_the_same_program(repository: Repository) -> None:
    import sys

    ended = repository.run(sys.executable, "-m", "runner", "--help")
    assert (ended.code, ended.out) == (0, repository.orch("--help").out)


def test_the_list_of_commands_says_of_each_what_its_own_help_begins_with(contexts: dict[str, click.Context]) -> None:
    for name in sorted(GROUPS):
        listed = " ".join(contexts[name].get_help().partition("Commands:")[2].split())
        for path, context in contexts.items():
            if path and path.rpartition(" ")[0] == name:
                line = context.command.get_short_help_str(limit=200)
                assert f"{context.info_name} {line}" in listed
