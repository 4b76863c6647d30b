"""What the hooks answer that are called when an agent is about to stop."""

import sys

from gate_tests.sanitize import sanitize_line
from gate_tests.typing_compat import override
from runner.agents.hooks.decision import Decision
from runner.agents.hooks.hosts import HOSTS, Host
from runner.cli.hooks.unfailing import DEFAULT_TARGET, UnfailingCommand
from runner.cli.terminal.printer import echo, echo_json

_MAX_LINE_LENGTH = 8000
"""Characters of an error's line; the answer is cut to what its host shows."""


class HookCommand(UnfailingCommand):
    """After an error the agent may stop, and the answer explains the error; standard output is one JSON document."""

    @override
    def answer_error(self, error: Exception, target: str) -> None:
        print_answer(_explain_error(error), HOSTS.get(target, HOSTS[DEFAULT_TARGET]))


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
