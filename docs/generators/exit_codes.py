"""The tables of docs/reference/exit-codes.md: the codes with their errors, and what the commands say of them."""

import re
from collections.abc import Iterator
from typing import Final

import click

from docs.generators.commands import list_commands
from docs.generators.page_files import read_page, replace_part
from docs.markdown.page import make_anchor
from docs.markdown.text import build_table, format_prose
from gate_tests.errors import Exit, OrchError

PAGE = "docs/reference/exit-codes.md"
_MEANINGS: Final = {
    Exit.OK: "done; PASS",
    Exit.FAIL: "a gate failed, a run failed, or a verification found a difference",
    Exit.REFUSED: "refused: wrong usage, an unknown name, an invalid file, not possible in this state, or a decision"
    " that only a person can take",
    Exit.NO_VERDICT: "no verdict, a file that cannot be read or written, or a bug; no verdict was recorded, unless the"
    " message says so",
    Exit.DAMAGED: "a record is corrupted or inconsistent",
    Exit.PAUSED: "paused: a person or an agent is awaited, a budget is used up, an agent failed by itself several"
    " times, or `orch run repair` got no `y` to its question",
    Exit.INTERRUPTED: "interrupted (Ctrl-C, SIGTERM, SIGHUP). No verdict was recorded, except by `orch run` for gates"
    " that it had finished before",
}
_NAMES_A_CODE = re.compile(r"\bexit\b.*\d|same exit codes", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=\.)\s+")


def generate() -> dict[str, str]:
    """The page with its tables."""
    codes = build_table(
        ("code", "meaning", "errors"), [(f"`{int(code)}`", _MEANINGS[code], _list_errors_with(code)) for code in Exit]
    )
    commands = build_table(("command", "what its help says"), list_commands_with_codes())
    page = replace_part(read_page(PAGE), "exit codes", codes)
    return {PAGE: replace_part(page, "commands with exit codes", commands)}


def list_commands_with_codes() -> Iterator[tuple[str, str]]:
    """The commands whose help names an exit code, and the sentences that do."""
    for context in list_commands():
        sentences = list(_find_sentences(context.command.help or ""))
        for option in context.command.params:
            if isinstance(option, click.Option):
                sentences += (f"`{option.opts[0]}`: {sentence}" for sentence in _find_sentences(option.help or ""))
        if sentences:
            path = context.command_path
            yield f"[`{path}`](commands.md#{make_anchor(path)})", format_prose(" ".join(sentences))


def _find_sentences(text: str) -> Iterator[str]:
    """The sentences that name an exit code."""
    for paragraph in text.split("\n\n"):
        for sentence in _SENTENCE_END.split(" ".join(paragraph.split())):
            if _NAMES_A_CODE.search(sentence):
                yield sentence


def _list_errors_with(code: Exit) -> str:
    """What the errors with this code are, from their docstrings."""
    sentences = [_first_sentence(each) for each in _walk_errors(OrchError) if vars(each).get("exit_code") is code]
    return "; ".join(sentences) or "-"


def _first_sentence(error: type[OrchError]) -> str:
    sentence = re.split(r"[.;:](?:\s|$)", str(error.__doc__))[0]
    return sentence[0].lower() + sentence[1:]


def _walk_errors(base: type[OrchError]) -> Iterator[type[OrchError]]:
    for each in base.__subclasses__():
        yield each
        yield from _walk_errors(each)
