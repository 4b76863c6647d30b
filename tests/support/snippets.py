"""Whether the code blocks of the documentation are valid: they parse, and the commands in them exist."""

import json
import re
import shlex
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from io import StringIO
from itertools import takewhile
from pathlib import Path
from typing import Any, Final, NamedTuple
from unittest.mock import patch

import click
import yaml
from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match

from docs.markdown.page import read
from docs.site.dead_links import list_markdown
from gate_tests.checks.registry import BUILT_IN_TYPES
from runner.cli.app import app
from runner.cli.commands.run import run
from runner.cli.context import CliContext
from runner.cli.lazy_group import Command
from runner.schemas import load_schema
from tests.support import CHECKOUT

_AS_A_MODULE: Final = re.compile(r"python3? (?:-[IPsE] )*-m runner(?= |$)")
_SHELL_OPERATORS: Final = {*"&|;(){}"}
_NUMBERED_REDIRECTION: Final = re.compile(r"(?<!\S)\d[<>]+(?:&\d|\s*\S+)")
_BEFORE_A_COMMAND: Final = {"!", "if", "then", "else", "do", "while", "time", "exec", "watch", "nohup"}
_COMMANDS_OF_YAML: Final = {"run", "script", "before_script", "after_script", "entry", "command"}
_MEMBERS: Final[Mapping[str, set[str]]] = {
    "run": {"run_id", "gates"},
    "attempt": {"attempt", "validations"},
    "contract": {"gate", "name"},
    "workflow": {"workflow", "gates"},
    "agents": {"agents"},
}
"""The members that documents of a schema have and others do not."""
_WORKFLOW: Final = "visual-essay"


class Snippet(NamedTuple):
    """A code block: the page, the line where it begins, its language and what is in it."""

    page: str
    line: int
    language: str
    text: str


def find_snippets(checkout: Path) -> Iterator[Snippet]:
    """Every code block of the documentation, and every command in backticks."""
    for page in list_markdown(checkout):
        for token in read(checkout / page).tokens:
            line = (token.map or [0])[0] + 1
            if token.type == "fence":
                yield Snippet(page, line, (token.info.split() or [""])[0], token.content)
            for child in token.children or ():
                if child.type == "code_inline" and child.content.startswith("orch "):
                    yield Snippet(page, line, MENTION, child.content)


def find_problem(snippet: Snippet) -> str | None:
    """What is wrong with it, if anything."""
    if not snippet.language:
        return "names no language; `text` is one"
    try:
        LANGUAGES.get(snippet.language, str)(snippet.text)
    except Exception as error:  # whatever a parser raises
        return str(error).partition("\n")[0] or repr(error)
    return None


def list_commands(text: str) -> list[list[str]]:
    """The words of each `orch …` in lines of a shell, without redirections and comments."""
    return [words for line in _join_lines(text) for words in _split(line) if words]


def check_command(words: list[str]) -> None:
    """Parses a command line as `orch` would, without running it. Raises what is wrong."""
    if words[:1] == ["run"] and len(words) > 1 and re.fullmatch("[a-z][a-z0-9-]*", words[1]):
        known = run.list_commands(click.Context(run, obj=CliContext(CHECKOUT)))
        words = ["run", words[1] if words[1] in known else _WORKFLOW, *words[2:]]
    with patch.object(Command, "invoke", lambda *_: None), redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        app.main(words, prog_name="orch", standalone_mode=False)


@cache
def check_mention(text: str) -> None:
    """A text such as `orch gate check --watch`: the command must exist, and its options. Raises ValueError."""
    context = click.Context(app, info_name="orch", obj=CliContext(CHECKOUT))
    words = iter(text.split()[1:])
    for word in words:
        name = re.split("[=,;:)]", word)[0]
        if name.startswith("-"):
            option = _find_option(context, name)
            if not option.is_flag and "=" not in word:
                next(words, None)
        elif isinstance(context.command, click.Group) and re.fullmatch("[a-z][a-z-]*", name):
            context = _find_command(context, name)


def _find_command(group: click.Context, name: str) -> click.Context:
    assert isinstance(group.command, click.Group)
    if command := group.command.get_command(group, name):
        return click.Context(command, parent=group, info_name=name)
    if group.command is run:  # a workflow of the reader
        return _find_command(group, _WORKFLOW)
    raise ValueError(f"{group.command_path} has no command {name}")


def _find_option(context: click.Context, name: str) -> click.Option:
    for option in context.command.get_params(context):
        if isinstance(option, click.Option) and name in (*option.opts, *option.secondary_opts):
            return option
    raise ValueError(f"{context.command_path} has no option {name}")


def _check_session(text: str) -> None:
    """The lines of a session that begin with a prompt; the others are output."""
    lines, goes_on = [], False
    for line in text.splitlines():
        if goes_on or line.startswith("$ "):
            lines.append(line.removeprefix("$ "))
            goes_on = line.endswith("\\")
    _check_script("\n".join(lines))


def _check_script(text: str) -> None:
    for words in list_commands(text):
        check_command(words)


def _join_lines(text: str) -> list[str]:
    return text.replace("\\\n", " ").splitlines()


def _split(line: str) -> Iterator[list[str]]:
    """The words after `orch` of each command in a line. Quoted programs, as of an agent, are words."""
    lexer = shlex.shlex(_NUMBERED_REDIRECTION.sub(" ", line), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    commands: list[list[str]] = [[]]
    for word in lexer:
        if {*word} <= _SHELL_OPERATORS:
            commands.append([])
        else:
            commands[-1].append(word)
    for command in commands:
        yield _words_of_orch(command)


def _words_of_orch(command: list[str]) -> list[str]:
    while command and (command[0] in _BEFORE_A_COMMAND or re.fullmatch(r"\w+=.*", command[0], re.DOTALL)):
        command = command[1:]
    words = [*takewhile(lambda word: not {*word} <= {*"<>&"}, command)]
    if words[:1] == ["orch"]:
        return words[1:]
    return words[words.index("runner") + 1 :] if _AS_A_MODULE.match(" ".join(words)) else []


def _check_json(text: str) -> None:
    document = json.loads(text)
    kind = _find_kind(document) if isinstance(document, dict) else None
    if kind == "check":
        kind, document = "contract", {"gate": "G1", "name": "A check", "validations": [document]}
    if kind and (error := best_match(_load_validator(kind).iter_errors(document))):
        raise error


@cache
def _load_validator(kind: str) -> Draft7Validator:
    return Draft7Validator(load_schema(kind))


def _find_kind(document: Mapping[str, Any]) -> str | None:
    """What a document is, by its members: a kind of `orch schema`, or a check."""
    if document.get("type") in BUILT_IN_TYPES:
        return "check"
    return next((kind for kind, members in _MEMBERS.items() if members <= {*document}), None)


def _check_json_lines(text: str) -> None:
    for line in text.splitlines():
        json.loads(line)


def _check_yaml(text: str) -> None:
    for document in yaml.safe_load_all(text):
        for script in _list_scripts(document):
            _check_script(re.sub(r"\$\{\{.*?\}\}", "x", script))


def _list_scripts(node: Any, *, is_script: bool = False) -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _list_scripts(value, is_script=key in _COMMANDS_OF_YAML)
    elif isinstance(node, list):
        for value in node:
            yield from _list_scripts(value, is_script=is_script)
    elif isinstance(node, str) and is_script:
        yield node


MENTION: Final = "a command in a sentence"
LANGUAGES: Final[Mapping[str, Callable[[str], object]]] = {
    MENTION: check_mention,
    "bash": _check_script,
    "console": _check_session,
    "json": _check_json,
    "jsonl": _check_json_lines,
    "python": lambda text: compile(text, "snippet", "exec"),
    "sh": _check_script,
    "text": _check_session,
    "toml": tomllib.loads,
    "yaml": _check_yaml,
}
"""How a block of each language is checked; one of another language is not."""
