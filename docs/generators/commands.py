"""The page of all commands, made from the commands themselves."""

import inspect
import re
from collections.abc import Iterator
from typing import Final

import click

from docs.generators.page_files import CHECKOUT
from docs.markdown.page import make_anchor
from docs.markdown.text import build_table, format_prose
from gate_tests.workspace.layout import Workspace
from runner.cli.app import app
from runner.cli.context import CliContext

PAGE = "docs/reference/commands.md"
_SHOWN_WORKFLOW: Final = "visual-essay"
"""Every workflow is a command with the same options: one is shown."""
_MAX_SUMMARY: Final = 200
_COMMON: Final = {"--json", "--quiet", "--verbose", "--help"}
"""Options of every command, which the page explains once."""
_INTRODUCTION = """\
# Commands

Each command also explains itself: `orch gate start --help`. These options may be given to all of them:

{common}

`--json` is an option of the commands, not of the groups. `-C DIR` and `--version` are those of `orch` itself, before
the name of the command. What names a run, in RUN and after `--run`: its id, a unique prefix of it, its slug, the path
of its directory, or `latest`. Every workflow of the repository is a command of `orch run`; `visual-essay` is one that
`orch init` installs. [Exit codes](exit-codes.md) says what a command ends with.

{contents}
"""
_LITERAL = "\b\n"
"""How a paragraph of a help begins whose lines stay as they are."""


def generate() -> dict[str, str]:
    """The page."""
    contexts = [context for context in list_commands() if context.parent]
    common = build_table(("option", "meaning"), _describe_options(_find(contexts, "orch status"), common=True))
    introduction = _INTRODUCTION.format(common=common, contents="\n".join(map(_build_entry, contexts)))
    return {PAGE: "\n".join([introduction, *map(_build_section, contexts)])}


def list_commands() -> Iterator[click.Context]:
    """A context for each group and command, each group before its own; of the workflows only one."""
    root = click.Context(app, info_name="orch", obj=CliContext(CHECKOUT), **app.context_settings)
    hidden = {*Workspace(CHECKOUT).workflows()} - {_SHOWN_WORKFLOW}
    yield from _walk(root, hidden)


def _walk(context: click.Context, hidden: set[str]) -> Iterator[click.Context]:
    yield context
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            command = context.command.get_command(context, name)
            if command and not command.hidden and name not in hidden:
                yield from _walk(click.Context(command, parent=context, info_name=name), hidden)


def _find(contexts: list[click.Context], path: str) -> click.Context:
    return next(context for context in contexts if context.command_path == path)


def _build_entry(context: click.Context) -> str:
    """A line of the contents."""
    path, summary = context.command_path, context.command.get_short_help_str(_MAX_SUMMARY).removesuffix(".")
    return f"{'  ' * (_depth(context) - 1)}- [`{path}`](#{make_anchor(path)}): {format_prose(summary)}"


def _build_section(context: click.Context) -> str:
    command = context.command
    parts = [f"{'#' * (_depth(context) + 1)} `{context.command_path}`", *_format_help(command.help or "")]
    if not isinstance(command, click.Group):
        usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
        parts.insert(2, f"```text\n{usage}\n```")
        options = [*_describe_options(context, common=False)]
        parts += [build_table(("option", "meaning"), options)] if options else []
    return "\n\n".join(parts) + "\n"


def _depth(context: click.Context) -> int:
    return len(context.command_path.split()) - 1


def _describe_options(context: click.Context, *, common: bool) -> Iterator[tuple[str, str]]:
    for parameter in context.command.get_params(context):
        record = parameter.get_help_record(context) if isinstance(parameter, click.Option) else None
        if record and (not _COMMON.isdisjoint(parameter.opts)) == common:
            yield f"`{record[0]}`", format_prose(record[1])


def _format_help(text: str) -> Iterator[str]:
    """The paragraphs of a help, and its example as a console session."""
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        if not paragraph.startswith(_LITERAL):
            yield format_prose(" ".join(paragraph.split("\n")))
            continue
        title, _, lines = paragraph.removeprefix(_LITERAL).partition("\n")
        code = inspect.cleandoc(lines)
        if title == "Example:":
            yield f"```console\n{re.sub(r'^(?=orch )', '$ ', code, flags=re.MULTILINE)}\n```"
        else:
            yield f"{format_prose(title)}\n\n```text\n{code}\n```"
