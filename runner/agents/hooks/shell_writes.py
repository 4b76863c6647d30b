"""Finds which files a shell command plainly writes: by redirections, and by the programs that change their arguments.

No shell grammar: what a variable, a program or a script writes is not seen.
"""

import os
import re
import shlex
from collections.abc import Iterator
from typing import Final

from runner.agents.hooks.protected_paths import Write

_ALL: Final = (
    "rm",
    "rmdir",
    "unlink",
    "shred",
    "tee",
    "truncate",
    "touch",
    "chmod",
    "chown",
    "mv",
    "patch",
    "ed",
    "ex",
)
"""Programs that change, remove or replace each of their arguments."""
_LAST: Final = ("cp", "ln", "install", "rsync", "scp")
"""Programs that write their last argument."""
_IN_PLACE: Final = ("sed", "perl", "ruby", "gawk")
"""Programs that change their arguments with `-i`."""
_REMOVERS: Final = ("rm", "rmdir", "mv", "shred", "unlink", "find", "git")
"""Programs that take whole directories with what is in them."""
_GIT_COMMANDS: Final = ("checkout", "restore", "rm", "mv", "clean")
_WRAPPERS: Final = (
    "sudo",
    "env",
    "command",
    "builtin",
    "exec",
    "time",
    "nohup",
    "xargs",
    "nice",
    "then",
    "do",
    "else",
    "!",
    "{",
)
_SHELLS: Final = ("sh", "bash", "zsh", "dash", "ksh", "eval")
_REDIRECTIONS: Final = (">", ">>", ">|", "&>", "&>>", ">&")
_HERE_DOCUMENT: Final = r"(?sm)<<-?\s*(['\"]?)(\w+)\1([^\n]*)\n.*?^\s*\2\s*$"
"""Compiled where one is: the guard runs before each tool call."""
_ACCEPT: Final = "--accept-contract"
_MAX_LENGTH: Final = 100_000
_MAX_DEPTH: Final = 3


def find_shell_writes(command: str, directory: str, depth: int = 0) -> Iterator[Write]:
    """The paths that the command line writes, with the directory that a `cd` in it has changed to."""
    for words in split_commands(command):
        yield from _find_redirected(words, directory)
        program, arguments = _find_program(words)
        if program == "cd":
            directory = os.path.join(directory, os.path.expanduser(arguments[0] if arguments else "~"))
        elif program in _SHELLS and depth < _MAX_DEPTH:
            for script in _list_scripts(program, arguments):
                yield from find_shell_writes(script, directory, depth + 1)
        else:
            for path in _find_written(program, arguments):
                yield Write(path, program in _REMOVERS, directory)


def find_accepting_command(command: str, depth: int = 0) -> str | None:
    """The option by which a command of orch in the command line accepts a changed contract."""
    for words in split_commands(command):
        program, arguments = _find_program(words)
        if program in _SHELLS and depth < _MAX_DEPTH:
            found = (find_accepting_command(script, depth + 1) for script in _list_scripts(program, arguments))
            if any(found):
                return _ACCEPT
        is_orch = program == "orch" or (program.startswith("python") and arguments[:2] == ["-m", "runner"])
        if is_orch and _ACCEPT in arguments:
            return _ACCEPT
    return None


def split_commands(command: str) -> Iterator[list[str]]:
    """The simple commands of a command line, each as its words; redirections are words of their own."""
    text = command[:_MAX_LENGTH].replace("\\\n", " ")
    text = re.sub(_HERE_DOCUMENT, r"\3\n", text) if "<<" in text else text
    words: list[str] = []
    for word in _split_words(text.replace("\n", " ; ")):
        if word and not word.strip(";&|()"):
            yield words
            words = []
        else:
            words.append(word)
    yield words


def _split_words(text: str) -> list[str]:
    lexer = shlex.shlex(text, posix=True, punctuation_chars=True)
    lexer.commenters, lexer.whitespace_split = "", True
    try:
        return list(lexer)
    except ValueError:  # a quotation that does not end
        return re.sub(r"([;&|()]+|>+)", r" \1 ", text.replace('"', "").replace("'", "")).split()


def _find_redirected(words: list[str], directory: str) -> Iterator[Write]:
    for index, word in enumerate(words[:-1]):
        if word in _REDIRECTIONS:
            yield Write(words[index + 1], directory=directory)


def _find_program(words: list[str]) -> tuple[str, list[str]]:
    """The name of the program, and its arguments without redirections; both empty where there is none."""
    kept = [word for index, word in enumerate(words) if not _is_redirection(words, index)]
    for index, word in enumerate(kept):
        name = os.path.basename(word)
        is_option_of_wrapper = word.startswith("-") and index > 0
        if not (_is_assignment(word) or name in _WRAPPERS or is_option_of_wrapper):
            return name, kept[index + 1 :]
    return "", []


def _is_redirection(words: list[str], index: int) -> bool:
    return words[index] in _REDIRECTIONS or (index > 0 and words[index - 1] in _REDIRECTIONS)


def _list_scripts(program: str, arguments: list[str]) -> list[str]:
    """The command lines that a shell is given."""
    if program == "eval":
        return [" ".join(arguments)]
    flags = (index for index, word in enumerate(arguments) if word[:1] == "-" and word[-1:] == "c")
    return [arguments[index + 1] for index in flags if index + 1 < len(arguments)]


def _find_written(program: str, arguments: list[str]) -> list[str]:
    """Which of its arguments a program writes."""
    paths = [word for word in arguments if not word.startswith("-")]
    if program == "git":
        return _find_written_by_git(arguments)
    if program in _IN_PLACE:
        return paths if any(re.match(r"-[a-zA-Z]*i|--in-place", word) for word in arguments) else []
    if program == "find":
        return paths if "-delete" in arguments or {"rm", "mv", "tee"} & {*arguments} else []
    if program == "dd":
        return [word.removeprefix("of=") for word in arguments if word.startswith("of=")]
    if program in _LAST:
        targets = [word.partition("=")[2] for word in arguments if word.startswith("--target-directory=")]
        return [*targets, *paths[-1:]]
    return _expand(paths) if program in _ALL else []


def _find_written_by_git(arguments: list[str]) -> list[str]:
    """The paths that git restores or removes. `-C` is ignored: it is rare, and its directory is mostly this one."""
    index = next((index for index, word in enumerate(arguments) if word in _GIT_COMMANDS), None)
    return [] if index is None else _expand([word for word in arguments[index + 1 :] if not word.startswith("-")])


def _expand(paths: list[str]) -> list[str]:
    """The paths; of a pattern the directory that it is in."""
    return [path if "*" not in path and "?" not in path else _find_fixed_part(path) for path in paths]


def _find_fixed_part(pattern: str) -> str:
    fixed = pattern[: min(pattern.find(each) % (len(pattern) + 1) for each in "*?")]
    return fixed.rpartition("/")[0] or "."


def _is_assignment(word: str) -> bool:
    name, equals, _ = word.partition("=")
    return bool(equals) and name.isidentifier()
