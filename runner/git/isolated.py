"""git commands that read no configuration of the repository, of the user or of the system.

What a configuration names is run by git: filters, hooks, a file system monitor, external diff programs, and whatever
a later git adds. So git gets a configuration of our own, with the few values copied that decide what a file is
compared with and which are ignored. The repository's own is read once, as data. No value of it that is not listed
here has an effect, not even if it is changed between two commands.
"""

import os
import re
import subprocess
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Final

from runner.git.command import GitCommand
from runner.git.repository import BrokenRepository, GitFailed, GitRepository, GitUnavailable, find_repository

_COPIED: Final = (
    "attr.tree", "core.attributesfile", "core.autocrlf", "core.checkstat", "core.eol", "core.excludesfile",
    "core.filemode", "core.ignorecase", "core.precomposeunicode", "core.sparsecheckout", "core.sparsecheckoutcone",
    "core.symlinks", "core.trustctime", "core.usereplacerefs", "sparse.expectfilesoutsideofpatterns",
)  # fmt: skip
"""Not `index.sparse`: with it, reading the index writes objects."""
_FORMAT: Final = ("extensions.objectformat", "extensions.refstorage")
"""How objects and references are stored; git takes these from the configuration file only."""
_WORK_TREE: Final = ("core.bare", "core.worktree")
_REMOTES: Final = r"remote\..*\.(fetch|push)|remote\.pushdefault|push\.default"
_FILTER: Final = re.compile(r"filter\.(.*)\.(?:clean|process)", re.DOTALL)
_QUERY: Final = (
    "^("
    + "|".join(re.escape(name) for name in (*_COPIED, *_FORMAT, *_WORK_TREE, "core.repositoryformatversion"))
    + r"|filter\..*\.(clean|process))$"
)
_SHARED: Final = ("objects", "refs", "packed-refs", "reftable", "info", "shallow")
NO_SETTINGS: Final[Mapping[str, str]] = MappingProxyType({})
_TEMPORARY_DIRECTORIES: Final = ("/tmp", "/var/tmp", "/dev/shm")
"""Where TMPDIR names no directory that can be used; a container with a read-only file system has the last one."""


class IsolatedGit:
    """Runs git in a repository with a configuration of our own."""

    def __init__(
        self,
        command: GitCommand,
        repository: GitRepository,
        top: str,
        filters: frozenset[str],
        variables: Mapping[str, str],
    ) -> None:
        self.root = command.root
        self.repository = repository
        self.top = top
        """The top of the work tree, absolute."""
        self.filters = filters
        """The names of the filters that are configured, none of which is run."""
        self._command = command
        self._variables = dict(variables)

    def run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """The output of a command in the root. Raises GitUnavailable, OSError."""
        return self._command.run(*arguments, variables=self._variables, stdin=stdin)

    def run_with_messages(self, *arguments: str) -> tuple[bytes, bytes]:
        """The output of a command in the root, and what it wrote to stderr. Raises GitUnavailable, OSError."""
        return self._command.run_with_messages(*arguments, variables=self._variables)

    def run_with_tracking(self, branch: str, *arguments: str) -> tuple[bytes, bytes]:
        """The same with the settings that say what a branch is fetched from and pushed to: they run nothing."""
        query = rf"^(branch\.{re.escape(branch)}\.(remote|merge|pushremote)|{_REMOTES})$"
        variables = {"GIT_DIR": self.repository.directory, "GIT_WORK_TREE": self.repository.top}
        output = self._command.run("config", "-z", "--get-regexp", query, variables=variables)
        pairs = [os.fsdecode(setting).partition("\n")[::2] for setting in output.split(b"\0")[:-1]]
        start = int(self._variables["GIT_CONFIG_COUNT"])
        return self._command.run_with_messages(*arguments, variables=self._variables | _number_settings(pairs, start))

    def list_remotes(self) -> frozenset[str]:
        """The names of the repositories that are fetched from. Raises GitUnavailable, OSError."""
        variables = {"GIT_DIR": self.repository.directory, "GIT_WORK_TREE": self.repository.top}
        try:
            output = self._command.run("config", "-z", "--get-regexp", r"^remote\..*\.url$", variables=variables)
        except GitFailed:
            return frozenset()  # that is how git says that there is none
        keys = (os.fsdecode(setting).partition("\n")[0] for setting in output.split(b"\0")[:-1])
        return frozenset(key.removeprefix("remote.").removesuffix(".url") for key in keys)

    def run_at_top(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """The output of a command at the top of the work tree. Raises GitUnavailable, OSError."""
        return self.run("-C", self.top, *arguments, stdin=stdin)

    @contextmanager
    def open_process(self, *arguments: str) -> "Iterator[subprocess.Popen[bytes]]":
        """A command in the root that runs until the context ends. Raises GitUnavailable, OSError."""
        with self._command.open_process(*arguments, variables=self._variables) as process:
            yield process


@contextmanager
def open_repository(
    command: GitCommand, settings: Mapping[str, str] = NO_SETTINGS, variables: Mapping[str, str] = NO_SETTINGS
) -> Iterator[IsolatedGit | None]:
    """The repository around the root; None if there is none, or the root is not in its work tree.

    `settings` and `variables` are of the caller, beside ours and in place of those copied from the repository.
    Raises GitUnavailable, OSError.
    """
    repository = find_repository(command.root)
    if repository is None:
        yield None
        return
    configuration = _read_configuration(command, repository)
    top = _find_top(command.root, repository, configuration)
    if top is None:
        yield None
        return
    with _make_common_directory(command, repository, configuration) as common_directory:
        copied: dict[str, str] = {name: configuration[name] for name in _COPIED if name in configuration}
        all_variables = {
            "GIT_DIR": repository.directory,
            "GIT_COMMON_DIR": common_directory,
            "GIT_WORK_TREE": top,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            **_number_settings({**copied, **settings}.items()),
            **variables,
        }
        filters = frozenset(match[1] for key in configuration if (match := _FILTER.fullmatch(key)))
        yield IsolatedGit(command, repository, top, filters, all_variables)


def _read_configuration(command: GitCommand, repository: GitRepository) -> dict[str, str]:
    """The values that git would use, by lower-case key. git runs nothing to list them. Raises GitUnavailable."""
    variables = {"GIT_DIR": repository.directory, "GIT_WORK_TREE": repository.top}
    path = os.path.join(repository.common_directory, "config")
    try:
        output = command.run("config", "-z", "--show-scope", "--get-regexp", _QUERY, variables=variables)
    except GitFailed as error:
        raise BrokenRepository(path, str(error)) from None
    fields = output.split(b"\0")
    scopes, settings = fields[:-1:2], fields[1::2]
    if not {b"local", b"worktree"} & {*scopes}:
        problem = "this version does not support the repository, or its configuration is empty"
        raise BrokenRepository(path, problem)
    pairs = (os.fsdecode(setting).partition("\n") for setting in settings)
    return {key: value if equals else "true" for key, equals, value in pairs}


def _find_top(root: Path, repository: GitRepository, configuration: Mapping[str, str]) -> str | None:
    """The top of the work tree; None if the root is not in it."""
    if repository.is_linked:
        return repository.top
    if configuration.get("core.bare", "false").lower() not in ("false", "no", "off", "0", ""):
        return None
    top = os.path.realpath(os.path.join(repository.directory, configuration.get("core.worktree", repository.top)))
    return top if os.path.realpath(root) == top or Path(top) in Path(os.path.realpath(root)).parents else None


def _number_settings(settings: Collection[tuple[str, str]], start: int = 0) -> dict[str, str]:
    """The environment variables that git takes settings from, after `start` others."""
    variables = {"GIT_CONFIG_COUNT": str(start + len(settings))}
    for number, (key, value) in enumerate(settings, start):
        variables |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return variables


@contextmanager
def _make_common_directory(
    command: GitCommand, repository: GitRepository, configuration: Mapping[str, str]
) -> Iterator[str]:
    """A temporary directory with our configuration and links to the repository's data. It has no hooks."""
    directory = _make_temporary_directory(command)
    try:
        for name in _SHARED:
            os.symlink(os.path.join(repository.common_directory, name), f"{directory}/{name}")
        with open(f"{directory}/config", "x", encoding="utf-8") as file:
            file.write(_format_configuration(configuration))
        yield directory
    finally:
        for name in ("config", *_SHARED):
            with suppress(OSError):
                os.unlink(f"{directory}/{name}")
        with suppress(OSError):
            os.rmdir(directory)


def _make_temporary_directory(command: GitCommand) -> str:
    """A new directory outside the repository, which only this user may enter."""
    name = f"orch-git-{os.urandom(8).hex()}"
    for parent in (os.environ.get("TMPDIR", ""), *_TEMPORARY_DIRECTORIES):
        if os.path.isabs(parent) and not command.is_untrusted(parent):
            with suppress(OSError):
                os.mkdir(os.path.join(parent, name), 0o700)
                return os.path.join(parent, name)
    raise GitUnavailable("no directory for temporary files exists outside the repository")


def _format_configuration(configuration: Mapping[str, str]) -> str:
    lines = ["[core]", "repositoryformatversion = 1", "[extensions]"]
    for key in _FORMAT:
        value = configuration.get(key)
        if value is None:
            continue
        if not re.fullmatch(r"[A-Za-z0-9]+", value):
            raise GitUnavailable(f"{key} has an unknown value")
        lines.append(f"{key.partition('.')[2]} = {value}")
    return "\n".join([*lines, ""])
