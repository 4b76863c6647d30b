"""Reads a path out of the text around it: what belongs to its name is certain only once a file is there."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from gate_tests.parsers.citations.file_names import MAX_PATH_CHARACTERS, Likeness, judge_path
from gate_tests.parsers.citations.scan_text import CODE_END, CODE_START, LINK_EDGE
from gate_tests.parsers.unspaced_scripts import is_unspaced_or_hangul

_MAX_SUFFIXES: Final = 12
_MAX_BEFORE: Final = 200
"""Characters before a path that may be part of it."""
_IN_NAMES: Final = frozenset("'’&#,=!^;")
"""What a name may contain, but usually precedes it."""
_MAY_CONTINUE: Final = _IN_NAMES | {" "}
_INSIDE_NAMES: Final = frozenset("'’&#")
_ENDS_NAME: Final = frozenset(f'<>{{}}"“”„«»|*?:`{CODE_START}{CODE_END}{LINK_EDGE}')
_PLACEHOLDER: Final = re.compile(r"[>}*]\Z|/\n\Z")
"""What precedes the rest of a path that has a placeholder: `docs/<name>/a.md`, perhaps taken for a tag."""
_COMMANDS: Final = frozenset((
    "awk", "bash", "bat", "black", "bun", "cat", "cd", "code", "cp", "deno", "diff", "docker", "edit", "eslint", "git",
    "go", "grep", "head", "in", "less", "ls", "make", "mv", "mypy", "nano", "node", "npm", "npx", "open", "pnpm",
    "pytest", "python", "python3", "rm", "ruff", "run", "see", "sed", "sh", "source", "sudo", "tail", "touch", "tsc",
    "tsx", "uv", "vi", "view", "vim", "yarn",
))  # fmt: skip
"""What precedes a path in a code span, rather than being part of it."""
_PORT: Final = re.compile(r"\d{2,5}/")
"""Behind a host and a colon: what follows is a path there."""
_PLAIN: Final = re.compile(r"(?!-)[\w./-]+", re.ASCII)


class Path(NamedTuple):
    """A path: as to be reported, its readings in the order of trial, and whether it certainly is one."""

    shown: str
    readings: tuple[str, ...]
    is_certain: bool


def read_path(text: str, start: int, end: int, before_port: bool = False) -> Path | None:
    """The path at these offsets of a marked text; None if it is none. `before_port`: see `judge_path`."""
    run, before = text[start:end], text[max(start - 2, 0) : start]
    if end - start > 2 * MAX_PATH_CHARACTERS or (run[0] == "/" and _PLACEHOLDER.search(before)):
        return None
    if before[-1:] == ":" and _PORT.match(run):
        return None
    if _PLAIN.fullmatch(run) and not (before[-1:] in _MAY_CONTINUE and _find_code_or_name(text, start, before)):
        return _read_plain(run, before_port)
    longer, shorter = list(_find_longer(text, start, run)), list(_find_shorter(run))
    judged = {each: judge_path(each, before_port) for each in (*longer, *shorter)}
    readings = [each for each, likeness in judged.items() if likeness is not Likeness.NONE]
    certain = [each for each in readings if judged[each] is Likeness.FILE]
    if not certain:
        kept = tuple(each for each in readings if each in (shorter[0], shorter[-1]))
        return Path(kept[-1], kept, False) if kept else None
    if longer and longer[0] in certain and before[-1:] == " " and longer[0].partition(" ")[0] not in _COMMANDS:
        shown = longer[0]
    elif longer and longer[-1] in certain and before[-1:] in _INSIDE_NAMES and before[:-1].isalnum():
        shown = longer[-1]
    else:
        shown = _choose_shown(shorter, certain) or min(certain, key=len)
    return Path(shown, tuple(readings), True)


@lru_cache(maxsize=4096)
def _read_plain(run: str, before_port: bool) -> Path | None:
    likeness = judge_path(run, before_port)
    if likeness is Likeness.NONE:
        return None
    is_certain = likeness is Likeness.FILE
    readings = (run, f"{run}.md") if is_certain and run.isupper() and "." not in run else (run,)  # `README`
    return Path(run, readings, is_certain)


def _find_code_or_name(text: str, start: int, before: str) -> bool:
    """Whether what precedes the offset may belong to a name: words of a code span, or a sign in a name."""
    return before[-1] != " " or _find_code_start(text, start) >= 0


def read_marked_path(written: str, is_certain: bool) -> Path | None:
    """A path that signs of its own enclose; None if it is none. `is_certain`: whether these tell that it is one."""
    path = written.strip()
    likeness = judge_path(path)
    if likeness is Likeness.NONE:
        return None
    return Path(path, (path,), is_certain or likeness is Likeness.FILE)


def _choose_shown(shorter: Iterable[str], certain: Iterable[str]) -> str | None:
    """Of the readings that are certainly files: the first that does not begin with what may be text before it."""
    known = {*certain}
    good = [each for each in shorter if each in known]
    clean = [each for each in good if not is_unspaced_or_hangul(each[0])]
    return next(iter(clean or good), None)


def _find_code_start(text: str, start: int) -> int:
    """Where the code span that contains the offset begins, -1 for none, or for one that begins far before it."""
    first = max(start - _MAX_BEFORE, 0)
    opened = text.rfind(CODE_START, first, start)
    return opened + 1 if opened > text.rfind(CODE_END, first, start) else -1


def _find_longer(text: str, start: int, run: str) -> Iterator[str]:
    """Readings with what precedes the run: words of the same code span, and signs that a name may contain."""
    code_start = _find_code_start(text, start)
    if code_start >= 0 and " " in (before := text[code_start:start]):
        words = [0, *(match.end() for match in re.finditer(" +", before))]
        others = [word for word in words if judge_path(before[word:].partition(" ")[0]) is Likeness.FILE]
        words = [word for word in words if word > max(others, default=-1)]
        yield from (before[word:] + run for word in words[-_MAX_SUFFIXES:] if not _ENDS_NAME & {*before[word:]})
    first = start
    while first > max(start - _MAX_BEFORE, 0) and not (text[first - 1].isspace() or text[first - 1] in _ENDS_NAME):
        first -= 1
    if first < start:
        yield _strip_unclosed_bracket(text[first:start] + run)


def _find_shorter(run: str) -> Iterator[str]:
    """The run, without brackets around it, with slashes, and without what a script without spaces has before it."""
    path = _strip_unclosed_bracket(run)
    if path[:1] in ("(", "[") and path[-1:] in (")", "]"):
        path = path[1:-1]
    yield path
    if path[:1] in tuple("@+-~") and path[1:2] not in ("", "/"):
        yield path[1:]
    if "\\" in path:
        yield path.replace("\\", "/")
    first_name = path.partition("/")[0]
    starts = (
        []
        if first_name.isascii()
        else [
            start for start, before in enumerate(first_name, 1) if is_unspaced_or_hangul(before) and start < len(path)
        ]
    )
    yield from (path[start:] for start in starts[-_MAX_SUFFIXES:] if path[start] not in "/.")


def _strip_unclosed_bracket(run: str) -> str:
    """What follows the last unclosed bracket, as in `(see(a.md`."""
    closed = 0
    for index in range(len(run) - 1, -1, -1):
        if run[index] in ")]":
            closed += 1
        elif run[index] in "([":
            if not closed:
                return run[index + 1 :]
            closed -= 1
    return run
