"""A command that a host calls as a hook: an error never keeps an agent from going on.

Imports little: the guard runs before each tool call.
"""

import sys
from collections.abc import Sequence
from typing import Any, Final

import click

from gate_tests.errors import Interrupted
from gate_tests.typing_compat import override
from runner.cli.lazy_group import Command

DEFAULT_TARGET: Final = "claude-code"
_MAX_INPUT_BYTES: Final = 16 << 20
"""The most that is read of standard input. An agent's last message is part of it."""


class UnfailingCommand(Command):
    """A command that never fails. The exit code is 0: Claude Code takes 2 for a block, Copilot CLI any other one."""

    def answer_error(self, error: Exception, target: str) -> None:
        """Prints the answer after an error: nothing keeps the agent from going on."""
        from runner.cli.terminal.printer import echo_json

        echo_json({})

    @override
    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        target = _find_target(args)
        try:
            return super().make_context(info_name, args, parent, **extra)
        except (click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            read_input()
            self.answer_error(error, target)
            raise click.exceptions.Exit(0) from None

    @override
    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except (click.exceptions.Exit, click.Abort, Interrupted):
            raise
        except Exception as error:
            return self.answer_error(error, context.params.get("target") or DEFAULT_TARGET)


def read_input() -> bytes:
    """Standard input, cut off where it is too long; empty where that is a terminal or closed."""
    if sys.stdin is None or sys.stdin.isatty():
        return b""
    return sys.stdin.buffer.read(_MAX_INPUT_BYTES)


def _find_target(arguments: Sequence[str]) -> str:
    """The host that the arguments name, before they are parsed: they may be wrong."""
    words = [word for argument in arguments for word in argument.split("=", 1)]
    after = words.index("--target") + 1 if "--target" in words else len(words)
    return words[after] if after < len(words) else DEFAULT_TARGET
