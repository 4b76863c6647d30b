"""The options `-q` and `-v`, which every command takes, before its name or after."""

from enum import IntEnum
from typing import Final

import click


class Verbosity(IntEnum):
    """How much is printed besides the result."""

    QUIET = 0
    NORMAL = 1
    VERBOSE = 2


_KEY: Final = "runner.verbosity"


def current_verbosity() -> Verbosity:
    """The verbosity of the running command; the last option counts."""
    context = click.get_current_context(silent=True)
    return context.meta.get(_KEY, Verbosity.NORMAL) if context else Verbosity.NORMAL


def verbosity_options() -> list[click.Parameter]:
    """`-q` and `-v`."""
    return [
        _option("-q", "--quiet", Verbosity.QUIET, "Print only results and errors."),
        _option("-v", "--verbose", Verbosity.VERBOSE, "Print a line for each check, and SHA-256 hashes."),
    ]


def _option(short: str, long: str, value: Verbosity, help_text: str) -> click.Option:
    def store(context: click.Context, _: click.Parameter, is_set: bool) -> None:
        if is_set:
            context.meta[_KEY] = value

    return click.Option([short, long], is_flag=True, expose_value=False, callback=store, help=help_text)
