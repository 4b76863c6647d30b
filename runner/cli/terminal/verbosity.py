"""How much is said: `-q` and `-v`, which every command takes, before its name or after."""

from enum import IntEnum

import click


class Loudness(IntEnum):
    """What people are told besides what they asked for."""

    QUIET = 0
    USUAL = 1
    VERBOSE = 2


_KEY = "runner.loudness"


def loudness() -> Loudness:
    """That of the command which is running; what was typed last counts."""
    context = click.get_current_context(silent=True)
    return context.meta.get(_KEY, Loudness.USUAL) if context else Loudness.USUAL


def loudness_options() -> list[click.Parameter]:
    """The two options."""
    return [
        _option("-q", "--quiet", Loudness.QUIET, "Say only what was asked for, and errors."),
        _option("-v", "--verbose", Loudness.VERBOSE, "Say more: a line for each check, hashes whole."),
    ]


def _option(short: str, long: str, value: Loudness, words: str) -> click.Option:
    def note(context: click.Context, _: click.Parameter, wanted: bool) -> None:
        if wanted:
            context.meta[_KEY] = value

    return click.Option([short, long], is_flag=True, expose_value=False, callback=note, help=words)
