"""Finds which files a shell command plainly writes: by redirections, and by the programs that change their arguments.

No shell grammar: what a variable, a script or most programs write is not seen.
"""

import os
import re
from collections.abc import Iterator
from typing import Final

from runner.agents.hooks.git_writes import find_written_by_git
from runner.agents.hooks.inline_programs import find_program_writes
from runner.agents.hooks.protected_paths import Write
from runner.agents.hooks.shell_words import expand_pattern, split_commands

_ALL: Final = (
    "rm", "rmdir", "unlink", "shred", "tee", "sponge", "truncate", "touch", "chmod", "chown", "mv", "patch", "ed", "ex",
)  # fmt: skip
"""Programs that change, remove or replace each of their arguments."""
_COPIERS: Final = ("cp", "mv", "ln", "install", "rsync", "scp")
"""Programs that write their last argument, or a file of the same name in it."""
_IN_PLACE: Final = {
    "sed": r"-[a-zA-Z]*i|--in-place",
    "perl": r"-(?![MmIFe])[a-zA-Z0-9]*i",
    "ruby": r"-(?![rIFe])[a-zA-Z0-9]*i",
    "gawk": r"inplace$",
    "yq": r"-[a-zA-Z]*i|--inplace",
}
"""Programs that change their arguments with such an option. `perl -Mstrict` is none."""
_OUTPUT_OPTIONS: Final = {"curl": ("-o", "--output"), "wget": ("-O", "--output-document"), "sort": ("-o", "--output")}
_REMOVERS: Final = ("rm", "rmdir", "mv", "shred", "unlink", "find")
"""Programs that take whole directories with what is in them."""
_LISTERS: Final = ("find", "grep", "egrep", "rg", "ls")
"""Programs whose output `xargs` takes."""
_WRAPPERS: Final = (
    "sudo", "doas", "env", "command", "builtin", "exec", "time", "timeout", "nohup", "xargs", "nice", "stdbuf", "then",
    "do", "else", "elif", "if", "while", "until", "!", "{", "uv", "uvx", "poetry", "pdm", "hatch", "pipx", "npx", "run",
)  # fmt: skip
_WRAPPER_VALUES: Final = ("-u", "-g", "-n", "-I", "-P", "-L", "-k", "-s")
"""Options of these that are followed by a value."""
_SHELLS: Final = ("sh", "bash", "zsh", "dash", "ksh", "eval")
_INTERPRETERS: Final = ("python", "node")
_OUTPUTS: Final = (">", ">>", ">|", "&>", "&>>", ">&", "<>")
_REDIRECTIONS: Final = (*_OUTPUTS, "<", "<<<", "<&")
_ACCEPT: Final = "--accept-contract"
_MAX_DEPTH: Final = 3


def find_shell_writes(command: str, directory: str, depth: int = 0) -> Iterator[Write]:
    """The paths that the command line writes, with the directory that a `cd` in it has changed to."""
    listed, inline = list[str](), command
    for words, inner in _locate_commands(command, directory):
        yield from _find_redirected(words, inner)
        program, arguments = _find_program(words)
        if program in _SHELLS and depth < _MAX_DEPTH:
            for script in _list_scripts(program, arguments):
                yield from find_shell_writes(script, inner, depth + 1)
        elif program == "git":
            yield from find_written_by_git(arguments, inner)
        elif program.startswith(_INTERPRETERS):
            yield from find_program_writes(inline, inner)
            inline = ""  # looked at once
        else:
            taken = listed if "xargs" in words else []
            yield from _find_written(program, [*arguments, *taken], inner, takes_directories=bool(taken))
        listed = [word for word in arguments if word[:1] != "-"] if program in _LISTERS else []


def _locate_commands(command: str, directory: str) -> Iterator[tuple[list[str], str]]:
    """The simple commands, each with its directory: that of a subshell ends with it."""
    outer = list[str]()
    for words, separator in split_commands(command):
        yield words, directory
        program, arguments = _find_program(words)
        if program in ("cd", "pushd"):
            directory = os.path.join(directory, os.path.expanduser(arguments[0] if arguments else "~"))
        for sign in separator:
            if sign == "(":
                outer.append(directory)
            elif sign == ")" and outer:
                directory = outer.pop()


def find_accepting_command(command: str, depth: int = 0) -> str | None:
    """The option by which a command of orch in the command line accepts a changed contract."""
    for words, _ in split_commands(command):
        program, arguments = _find_program(words)
        if program in _SHELLS and depth < _MAX_DEPTH:
            found = (find_accepting_command(script, depth + 1) for script in _list_scripts(program, arguments))
            if any(found):
                return _ACCEPT
        is_orch = program == "orch" or (program.startswith("python") and arguments[:2] == ["-m", "runner"])
        if is_orch and _ACCEPT in arguments:
            return _ACCEPT
    return None


def _find_redirected(words: list[str], directory: str) -> Iterator[Write]:
    for index, word in enumerate(words[:-1]):
        if word in _OUTPUTS:
            yield Write(words[index + 1], directory=directory)


def _find_program(words: list[str]) -> tuple[str, list[str]]:
    """The name of the program, and its arguments without redirections; both empty where there is none."""
    kept = [word for index, word in enumerate(words) if not _is_redirection(words, index)]
    is_wrapped = is_value = False
    for index, word in enumerate(kept):
        name = os.path.basename(word)
        is_skipped = is_value or _is_assignment(word) or (is_wrapped and (word[:1] == "-" or word[:1].isdecimal()))
        if not is_skipped and name not in _WRAPPERS:
            return name, kept[index + 1 :]
        is_wrapped |= name in _WRAPPERS
        is_value = is_wrapped and not is_value and word in _WRAPPER_VALUES
    return "", []


def _is_redirection(words: list[str], index: int) -> bool:
    return words[index] in _REDIRECTIONS or (index > 0 and words[index - 1] in _REDIRECTIONS)


def _list_scripts(program: str, arguments: list[str]) -> list[str]:
    """The command lines that a shell is given."""
    if program == "eval":
        return [" ".join(arguments)]
    flags = (index for index, word in enumerate(arguments) if word[:1] == "-" and word[-1:] == "c")
    return [arguments[index + 1] for index in flags if index + 1 < len(arguments)]


def _find_written(
    program: str, arguments: list[str], directory: str, *, takes_directories: bool = False
) -> Iterator[Write]:
    """What of its arguments a program writes."""
    is_remover = program in _REMOVERS
    for path in _list_written(program, arguments):
        yield Write(path, is_remover or takes_directories, directory)
    is_recursive = any(re.match(r"-[a-zA-Z]*[rR]|--recursive", word) for word in arguments)
    if is_recursive and program == "rm" and not takes_directories:  # what is above a root takes the root
        above = [word for word in arguments if word[:1] != "-" and not {*word} & {*"*?"}]
        yield from (Write(f"{path}/orchestration", True, directory) for path in above)
    if program in _COPIERS:
        yield from (Write(path, True, directory) for path in _list_copies(arguments))


def _list_written(program: str, arguments: list[str]) -> list[str]:
    paths = _list_paths(arguments)
    if pattern := _IN_PLACE.get(program):
        return paths if any(re.match(pattern, word) for word in arguments) else []
    if program == "find":
        return paths if _does_find_write(arguments) else []
    if program == "dd":
        return [word.removeprefix("of=") for word in arguments if word.startswith("of=")]
    if options := _OUTPUT_OPTIONS.get(program):
        return _list_values(arguments, options)
    return paths if program in _ALL else []


def _list_paths(arguments: list[str]) -> list[str]:
    """The arguments that are no options; of a pattern the directory that it is in, and the root that it matches."""
    return [path for word in arguments if word[:1] != "-" for path in expand_pattern(word)]


def _does_find_write(arguments: list[str]) -> bool:
    """Whether `find` deletes what it finds, or has a program change it."""
    if "-delete" in arguments:
        return True
    for index, word in enumerate(arguments):
        if word in ("-exec", "-execdir", "-ok"):
            program, options = (*arguments[index + 1 : index + 2], "")[0], arguments[index + 2 :]
            return program in _ALL or bool(_list_written(program, [*options, "x"]))
    return False


def _list_values(arguments: list[str], options: tuple[str, ...]) -> list[str]:
    """The values of these options, as `-o FILE` or `--output=FILE`."""
    pairs = zip(arguments, [*arguments[1:], ""], strict=False)
    return [word.partition("=")[2] or value for word, value in pairs if word.partition("=")[0] in options]


def _list_copies(arguments: list[str]) -> list[str]:
    """The files and directories that a program copies to: the target, and what has the name of a source there."""
    *sources, last = [word for word in arguments if word[:1] != "-"] or [""]
    targets = _list_values(arguments, ("-t", "--target-directory")) or [last]
    sources = [*sources, last] if last not in targets else sources
    names = [name for source in sources if (name := os.path.basename(source.rstrip("/")))]
    return [*targets, *(os.path.join(target, name) for target in targets for name in names)]


def _is_assignment(word: str) -> bool:
    name, equals, _ = word.partition("=")
    return bool(equals) and name.isidentifier()
