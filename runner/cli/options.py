"""The options that several commands share."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Final

import click

from gate_tests.workspace.names import RUN_ID, Depth, check_text
from runner.cli.context import CliContext

MAX_WORKERS: Final = 999
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def validate_text(_: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """Validates the value of an option that is recorded as text."""
    return None if value is None else check_text(value, f"--{option.name}")


def _parse_specs(_: click.Context, __: click.Parameter, specs: tuple[str, ...]) -> tuple[str, ...]:
    """The specs in their normal form. Imports nothing where there are none."""
    if not specs:
        return ()
    from gate_tests.isolated_pytest.xdist.specs import Workers, require_xdist

    require_xdist()
    return tuple(str(Workers.parse(spec)) for spec in specs)


def _parse_local_workers(context: click.Context, option: click.Parameter, count: int | None) -> tuple[str, ...]:
    return () if count is None else _parse_specs(context, option, (f"{count}*popen",))


def _set_lock_timeout(context: click.Context, _: click.Parameter, seconds: int) -> None:
    """Puts the timeout into the command's context."""
    if cli := context.find_object(CliContext):
        context.obj = cli._replace(lock_timeout_s=seconds)


def complete_from_workspace(kind: str) -> Callable[[click.Context, click.Parameter, str], Any]:
    """Completes a value with `runs`, `gates` or `workflows`, as `kind` says. Imports nothing until then."""

    def complete(context: click.Context, _: click.Parameter, prefix: str) -> Any:
        from runner.cli.completion_values import list_completions

        return list_completions(kind, context, prefix)

    return complete


def complete_words(words: Iterable[str]) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    """Completes a value from these words."""
    return lambda _context, _option, prefix: [str(word) for word in words if str(word).startswith(prefix)]


def resolve_run_id(context: click.Context, run_id: str) -> str:
    """The full id of a run given by its id, a prefix of it, or `latest`. Reads nothing for a full id."""
    cli = context.find_object(CliContext)
    if RUN_ID.fullmatch(run_id) or cli is None:
        return run_id
    from gate_tests.workspace.find_run import resolve_run_id

    return resolve_run_id(cli.workspace, run_id)


def _run_option(*, required: bool, help_text: str) -> Decorator:
    option = click.option(
        "--run",
        "run_id",
        required=required,
        metavar="ID",
        help=help_text,
        shell_complete=complete_from_workspace("runs"),
    )

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def with_full_id(*arguments: Any, run_id: str | None, **options: Any) -> Any:
            if run_id is not None:
                run_id = resolve_run_id(click.get_current_context(), run_id)
            return command(*arguments, run_id=run_id, **options)

        return option(with_full_id)

    return decorate


run_option: Decorator = _run_option(required=True, help_text="The run: its id, the beginning of it, or latest.")


def optional_run_option(help_text: str) -> Decorator:
    """`--run` for a command that does not require it."""
    return _run_option(required=False, help_text=help_text)


gate_option: Decorator = click.option(
    "--gate",
    "gate_id",
    required=True,
    metavar="GATE",
    help="The gate, such as G2.",
    shell_complete=complete_from_workspace("gates"),
)
gates_option: Decorator = click.option(
    "--gate",
    "gates",
    required=True,
    multiple=True,
    metavar="GATE",
    callback=lambda _context, _option, gates: list(dict.fromkeys(gates)),
    help="The gate, such as G2; may be repeated.",
    shell_complete=complete_from_workspace("gates"),
)
agent_option: Decorator = click.option(
    "--agent", required=True, metavar="NAME", callback=validate_text, help="Who does the work."
)
json_option: Decorator = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
offline_option: Decorator = click.option(
    "--offline", is_flag=True, help="Do not use the network; checks that need it fail."
)
slug_option: Decorator = click.option(
    "--slug", required=True, metavar="SLUG", help="What it is about, such as the-word-robot."
)
lock_timeout_option: Decorator = click.option(
    "--lock-timeout",
    type=click.IntRange(0, 86_400),
    default=30,
    show_default=True,
    metavar="SECONDS",
    callback=_set_lock_timeout,
    expose_value=False,
    help="How long to wait for another command that writes.",
)
depth_option: Decorator = click.option(
    "--depth",
    default="standard",
    show_default=True,
    metavar="quick|standard|deep",
    help="How thorough it is to be.",
    shell_complete=complete_words(Depth),
)


artifact_path_option: Decorator = click.option(
    "--artifact-path",
    metavar="PATH",
    help="Where the work goes, relative to the root. Default: as the workflow says.",
)
_local_workers_option: Decorator = click.option(
    "-n",
    "local_workers",
    type=click.IntRange(1, MAX_WORKERS),
    metavar="N",
    callback=_parse_local_workers,
    help="Have N processes run the checks (pytest-xdist): for huge files and many cores.",
)
_workers_option: Decorator = click.option(
    "--tx",
    "other_workers",
    multiple=True,
    metavar="SPEC",
    callback=_parse_specs,
    help="Have workers run them that are named as for pytest-xdist: 2*popen, socket=HOST:PORT. May be repeated.",
)


def workers_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`-n` and `--tx`: the command gets the specs of both as the argument `workers`."""

    @wraps(command)
    def with_workers(
        *arguments: Any, local_workers: tuple[str, ...], other_workers: tuple[str, ...], **options: Any
    ) -> Any:
        return command(*arguments, workers=local_workers + other_workers, **options)

    return _local_workers_option(_workers_option(with_workers))
