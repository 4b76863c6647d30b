"""The options that several commands share."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Final

import click

from gate_tests.typing_compat import override
from gate_tests.workspace.names import Depth, check_text
from runner.cli.context import CliContext

MAX_WORKERS: Final = 999
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class BoundedOption(click.Option):
    """An option whose help does not name the bounds of its value: the error does."""

    @override
    def get_help_extra(self, context: click.Context) -> Any:
        extra = super().get_help_extra(context)
        extra.pop("range", None)
        return extra


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
    """Completes a value with `runs`, `gates`, `contracts` or `workflows` (`kind`). Imports nothing until then."""

    def complete(context: click.Context, _: click.Parameter, prefix: str) -> Any:
        from runner.cli.completion_values import list_completions

        return list_completions(kind, context, prefix)

    return complete


def complete_words(words: Iterable[str]) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    """Completes a value from these words, in any letter case."""
    return lambda _context, _option, prefix: [
        str(word) for word in words if str(word).casefold().startswith(prefix.casefold())
    ]


agent_option: Decorator = click.option(
    "--agent", required=True, metavar="NAME", callback=validate_text, help="Who does the work, for the record."
)
json_option: Decorator = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document on standard output."
)
offline_option: Decorator = click.option(
    "--offline", is_flag=True, help="Do not use the network; checks that need it fail."
)
slug_option: Decorator = click.option(
    "--slug", required=True, metavar="SLUG", help="The topic, such as the-word-robot."
)
lock_timeout_option: Decorator = click.option(
    "--lock-timeout",
    cls=BoundedOption,
    type=click.IntRange(0, 86_400),
    default=30,
    show_default=True,
    metavar="SECONDS",
    callback=_set_lock_timeout,
    expose_value=False,
    help="Maximum time to wait for a lock.",
)
depth_option: Decorator = click.option(
    "--depth",
    default="standard",
    show_default=True,
    metavar="DEPTH",
    help="quick, standard or deep.",
    shell_complete=complete_words(Depth),
)


artifact_path_option: Decorator = click.option(
    "--artifact-path",
    metavar="PATH",
    help="Artifact directory. Default: the workflow's.",
)
_local_workers_option: Decorator = click.option(
    "-n",
    "local_workers",
    cls=BoundedOption,
    type=click.IntRange(1, MAX_WORKERS),
    metavar="N",
    callback=_parse_local_workers,
    help="Run the checks in N processes (pytest-xdist).",
)
_workers_option: Decorator = click.option(
    "--tx",
    "other_workers",
    multiple=True,
    metavar="SPEC",
    callback=_parse_specs,
    help="Run them in pytest-xdist workers, such as 2*popen.",
)


def workers_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`-n` and `--tx`: the command gets the specs of both as the argument `workers`."""

    @wraps(command)
    def with_workers(
        *arguments: Any, local_workers: tuple[str, ...], other_workers: tuple[str, ...], **options: Any
    ) -> Any:
        return command(*arguments, workers=local_workers + other_workers, **options)

    return _local_workers_option(_workers_option(with_workers))
