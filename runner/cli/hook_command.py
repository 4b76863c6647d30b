"""Commands that the hosts of agents call as hooks: an error never keeps an agent from going on."""

import sys
from typing import Any

import click

from gate_tests.errors import Interrupted
from gate_tests.sanitize import sanitize_line
from gate_tests.typing_compat import override
from runner.agents.hooks.stop_hook import MAX_ANSWER_LENGTH, MAX_INPUT_BYTES, Decision
from runner.cli.lazy_group import Command
from runner.cli.terminal.printer import echo_json


class HookCommand(Command):
    """A command that never fails: after any error the agent may stop, and the answer explains the error.

    The exit code is 0, because Claude Code treats 2 as a block; standard output is one JSON document.
    """

    @override
    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        try:
            return super().make_context(info_name, args, parent, **extra)
        except (click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            read_input()
            print_answer(_explain_error(error))
            raise click.exceptions.Exit(0) from None

    @override
    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except (click.exceptions.Exit, click.Abort, Interrupted):
            raise
        except Exception as error:
            print_answer(_explain_error(error))
            return None


def read_input() -> bytes:
    """All of standard input, or a byte more than may be there; empty where that is a terminal or closed."""
    if sys.stdin is None or sys.stdin.isatty():
        return b""
    return sys.stdin.buffer.read(MAX_INPUT_BYTES + 1)


def _explain_error(error: Exception) -> Decision:
    """An answer that lets the agent stop and shows the error to the person."""
    from runner.cli.errors import describe_error

    lines = [sanitize_line(line, MAX_ANSWER_LENGTH) for line in describe_error(error).text.splitlines()]
    return Decision(message="\n".join(lines)[:MAX_ANSWER_LENGTH])


def print_answer(decision: Decision) -> None:
    """Prints the answer as one line of JSON."""
    echo_json(decision.to_json())
