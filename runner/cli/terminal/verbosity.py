"""How much is said: `-q` and `-v`, which every command takes, before its name or after."""

from enum import IntEnum

import click


class Verbosity(IntEnum):
    """What people are told besides what they asked for."""

    QUIET = 0
    USUAL = 1
    VERBOSE = 2


_KEY = "runner.verbosity"


def verbosity() -> Verbosity:
    """That of the command which is running; what was typed last counts."""
    context = click.get_current_context(silent=True)
    return context.meta.get(_KEY, Verbosity.USUAL) if context else Verbosity.USUAL


def verbosity_options() -> list[click.Parameter]:
    """The two options."""
    return [
        _option("-q", "--quiet", Verbosity.QUIET, "Say only what was asked for, and errors."),
        _option("-v", "--verbose", Verbosity.VERBOSE, "Say more: a line for each check, hashes whole."),
    ]


def _option(short: str, long: str, value: Verbosity, words: str) -> click.Option:
    def note(context: click.Context, _: click.Parameter, wanted: bool) -> None:
        if wanted:
            context.meta[_KEY] = value

    return click.Option([short, long], is_flag=True, expose_value=False, callback=note, help=words)
