"""Commands that the hosts of agents call as hooks: an error never keeps an agent from going on."""

import sys
from collections.abc import Sequence
from typing import Any

import click

from gate_tests.errors import Interrupted
from gate_tests.sanitize import sanitize_line
from gate_tests.typing_compat import override
from runner.agents.hooks.decision import Decision
from runner.agents.hooks.hosts import HOSTS, Host
from runner.agents.hooks.stop_event import MAX_INPUT_BYTES
from runner.cli.lazy_group import Command
from runner.cli.terminal.printer import echo, echo_json

DEFAULT_TARGET = "claude-code"
_MAX_LINE_LENGTH = 8000
"""Characters of an error's line; the answer is cut to what its host shows."""


class HookCommand(Command):
    """A command that never fails: after any error the agent may stop, and the answer explains the error.

    The exit code is 0, because Claude Code treats 2 as a block; standard output is one JSON document.
    """

    @override
    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        host = _find_host(args)
        try:
            return super().make_context(info_name, args, parent, **extra)
        except (click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            read_input()
            print_answer(_explain_error(error), host)
            raise click.exceptions.Exit(0) from None

    @override
    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except (click.exceptions.Exit, click.Abort, Interrupted):
            raise
        except Exception as error:
            print_answer(_explain_error(error), HOSTS[context.params.get("target") or DEFAULT_TARGET])
            return None


def read_input() -> bytes:
    """All of standard input, or a byte more than may be there; empty where that is a terminal or closed."""
    if sys.stdin is None or sys.stdin.isatty():
        return b""
    return sys.stdin.buffer.read(MAX_INPUT_BYTES + 1)


def _find_host(arguments: Sequence[str]) -> Host:
    """The host that the arguments name as the target, before they are parsed: they may be wrong."""
    words = [word for argument in arguments for word in argument.split("=", 1)]
    after = words.index("--target") + 1 if "--target" in words else len(words)
    return HOSTS.get(words[after] if after < len(words) else "", HOSTS[DEFAULT_TARGET])


def _explain_error(error: Exception) -> Decision:
    """An answer that lets the agent stop and shows the error to the person."""
    from runner.cli.errors import describe_error

    lines = [sanitize_line(line, _MAX_LINE_LENGTH) for line in describe_error(error).text.splitlines()]
    return Decision(message="\n".join(lines))


def print_answer(decision: Decision, host: Host = HOSTS[DEFAULT_TARGET]) -> None:
    """Prints the answer as one line of JSON; a message that the host does not show goes to standard error, its log."""
    if decision.message and not decision.reason and not host.shows_messages:
        echo(decision.message, sys.stderr)
    echo_json(decision.to_json(host))
