"""The option `--run` and the argument RUN: what they may name, and what is meant where they are left out."""

import os
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

import click

from gate_tests.errors import Refused
from gate_tests.workspace.names import RUN_ID
from runner.cli.choose_run import (
    choose_run_to_explain,
    choose_run_to_read,
    choose_run_to_repair,
    choose_run_to_resume,
    choose_run_to_write,
)
from runner.cli.context import CliContext
from runner.cli.options import Decorator, complete_from_workspace
from runner.cli.terminal.printer import Printer

complete_runs = complete_from_workspace("runs")
RunChooser = Callable[[CliContext], str | None]


def resolve_run_id(context: click.Context, named: str) -> str:
    """The id of a run that was named in any way (see `find_run`). Reads nothing for a full id."""
    cli = context.find_object(CliContext)
    if RUN_ID.fullmatch(named) or cli is None:
        return named
    from gate_tests.workspace.find_run import resolve_run_id

    return resolve_run_id(cli.workspace, named)


def _run_option(
    choose: RunChooser,
    default: str,
    *,
    is_argument: bool = False,
    is_announced: bool = True,
    is_optional: bool = False,
    alternatives: tuple[str, ...] = (),
) -> Decorator:
    """The decorator that adds `--run`: the command gets the full id as `run_id`.

    `choose` chooses a run where neither the command line nor ORCH_RUN names one, as `default` says in the help.
    `is_argument`: the run may be given as the argument RUN, too. `is_announced`: a run that was chosen is named on a
    line of its own, because the command's output does not begin with it. `is_optional`: the command gets None where
    there is no run. With one of the options `alternatives` no run is looked for.
    """
    option = click.option(
        "--run",
        "run_id",
        metavar="RUN",
        help=f"Id, slug, path or latest; else the {default}.",
        shell_complete=complete_runs,
    )
    argument = click.argument("run_argument", metavar="[RUN]", required=False, shell_complete=complete_runs)

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def with_full_id(*values: Any, run_id: str | None, run_argument: str | None = None, **options: Any) -> Any:
            named = _resolve_named_run(click.get_current_context(), run_argument, run_id)
            if named is None and not any(options.get(each) for each in alternatives):
                named = _find_run(choose, Printer(options.get("as_json", False)) if is_announced else None)
            if named is None and not is_optional:
                from gate_tests.workspace.find_run import no_runs_error

                raise no_runs_error()
            return command(*values, run_id=named, **options)

        return argument(option(with_full_id)) if is_argument else option(with_full_id)

    return decorate


def _resolve_named_run(context: click.Context, argument: str | None, option: str | None) -> str | None:
    """The run that the argument or the option names, if any. Raises Refused where they name two."""
    named = [resolve_run_id(context, each) for each in (argument, option) if each is not None]
    if len(set(named)) > 1:
        raise Refused(f"{argument!r} and --run {option!r} are two runs; name one")
    return named[0] if named else None


def _find_run(choose: RunChooser, announcer: Printer | None) -> str | None:
    """The run that ORCH_RUN names, else the chosen one, which is announced."""
    cli = click.get_current_context().find_object(CliContext) or CliContext(None)
    if run_id := _find_environment_run(cli):
        return run_id
    chosen = choose(cli)
    if chosen and announcer:
        announcer.print_hint(f"Run {chosen}")
    return chosen


def _find_environment_run(cli: CliContext) -> str | None:
    if not os.environ.get("ORCH_RUN"):
        return None
    from gate_tests.workspace.find_run import resolve_environment_run

    return resolve_environment_run(cli.workspace)


_NEWEST: Final = "newest unfinished"
_UNFINISHED: Final = "unfinished one"
run_to_read: Final = _run_option(choose_run_to_read, _NEWEST)
run_to_show: Final = _run_option(choose_run_to_read, _NEWEST, is_argument=True, is_announced=False)
run_to_report: Final = _run_option(
    choose_run_to_read, _NEWEST, is_argument=True, is_announced=False, is_optional=True, alternatives=("all_runs",)
)
run_to_explain: Final = _run_option(
    choose_run_to_explain, _NEWEST, is_optional=True, alternatives=("slug", "artifact_path")
)
run_to_write: Final = _run_option(choose_run_to_write, _UNFINISHED)
run_to_complete: Final = _run_option(choose_run_to_write, _UNFINISHED, is_argument=True, is_announced=False)
run_to_resume: Final = _run_option(choose_run_to_resume, _UNFINISHED, is_argument=True, is_announced=False)
run_to_repair: Final = _run_option(choose_run_to_repair, "DAMAGED one", is_argument=True, is_announced=False)
