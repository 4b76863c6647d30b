"""`orch completion`: prints the completion scripts of shells."""

from typing import Final

import click

from gate_tests.errors import Refused, suggest
from runner import suggestions
from runner.cli.lazy_group import Command
from runner.cli.options import complete_words, json_option
from runner.cli.terminal.printer import Printer

SHELLS: Final = ("bash", "zsh", "fish")


@click.command(cls=Command)
@click.argument("shell", metavar="bash|zsh|fish", shell_complete=complete_words(SHELLS))
@json_option
def completion(shell: str, as_json: bool) -> None:
    """Print a shell completion script.

    For bash (4.4 or later) or zsh, a line in ~/.bashrc or, after compinit, ~/.zshrc; for fish, a file of its own.
    Then the Tab key completes commands and options, the ids and slugs of runs, newest first, and the gates of the run.

    \b
    Example:
      orch completion bash
      orch completion fish

    \b
    In the shell's own file:
      source <(orch completion bash)
      source <(orch completion zsh)
      orch completion fish | source
    """
    from click.shell_completion import ShellComplete, get_completion_class

    known = get_completion_class(shell) if shell in SHELLS else None
    if known is None:
        raise Refused(
            f"unknown shell {shell!r}{suggest(shell, SHELLS)}", next_command=suggestions.show_help("completion")
        )
    root = click.get_current_context().find_root().command
    script = ShellComplete.source(known(root, {}, "orch", "_ORCH_COMPLETE"))  # whichever bash is found here
    printer = Printer(as_json)
    if as_json:
        printer.print_document({"shell": shell, "script": script})
    else:
        printer.print_text(script)
    printer.raise_output_error()
