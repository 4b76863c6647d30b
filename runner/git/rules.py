"""How git treats the files of a run."""

from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from runner.git.command import GitCommand
from runner.git.ignored import find_ignore_rule, find_uncommitted
from runner.git.isolated import open_repository
from runner.git.repository import GitUnavailable


class GitRules(NamedTuple):
    """How git treats the files of a run."""

    version: str
    record_rule: str | None
    """The rule by which git ignores records, as `FILE:LINE: PATTERN`; None where it does not."""
    ignores_logs: bool
    converts_line_ends: bool

    @property
    def preserves_records(self) -> bool:
        """Whether a commit contains the records, byte for byte, and no logs."""
        return self.ignores_logs and self.record_rule is None and not self.converts_line_ends


def find_rule_against(root: Path, record: str) -> str | None:
    """The rule by which git ignores a file of a record, `FILE:LINE: PATTERN`; None where it does not."""
    with suppress(GitUnavailable, OSError), open_repository(GitCommand(root)) as git:
        return find_ignore_rule(git, record) if git and record in find_uncommitted(git, [record]) else None
    return None


def read_git_rules(root: Path, record: str, log: str) -> GitRules | None:
    """How git treats two paths, which need not exist; None where git is not available."""
    with suppress(GitUnavailable, OSError), open_repository(GitCommand(root)) as git:
        if git:
            ignored = set(find_uncommitted(git, [record, log]))
            text = git.run("check-attr", "-z", "text", "--", record).split(b"\0")[2:3]
            version = git.run("version").decode("utf-8", "replace").strip()
            record_rule = find_ignore_rule(git, record) if record in ignored else None
            return GitRules(version, record_rule, log in ignored, text != [b"unset"])
    return None
