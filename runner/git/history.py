"""What git knows of a file, whose path is relative to the root. Each function raises GitUnavailable, OSError."""

import os
from hashlib import sha256
from pathlib import Path

from gate_tests.files.regular_file import read_regular_file
from runner.git.isolated import IsolatedGit
from runner.git.repository import GitUnavailable


def is_in_conflict(git: IsolatedGit, path: str) -> bool:
    """Whether a merge of the file has not been resolved, and our side has the file."""
    ours = f" 2\t{path}".encode(errors="surrogateescape")
    return any(row.endswith(ours) for row in git.run("ls-files", "-z", "--unmerged", "--", literal(path)).split(b"\0"))


def is_left_out(git: IsolatedGit, path: str) -> bool:
    """Whether a sparse checkout leaves out the file or part of the directory."""
    return any(row.startswith(b"S ") for row in git.run("ls-files", "-z", "-t", "--", literal(path)).split(b"\0"))


def list_left_out(git: IsolatedGit) -> set[str]:
    """The files that a sparse checkout leaves out."""
    rows = git.run("ls-files", "-z", "-t").split(b"\0")
    return {os.fsdecode(row[2:]) for row in rows if row.startswith(b"S ")}


def is_in_commit(git: IsolatedGit, path: str) -> bool:
    """Whether the commit that is checked out has the file or directory."""
    try:
        git.run("cat-file", "-e", f"HEAD:./{path}")
    except GitUnavailable:
        return False
    return True


def has_staged_change(git: IsolatedGit, path: str) -> bool:
    """Whether the index has the file or directory, and not as the commit that is checked out has it."""
    rows = git.run("ls-files", "-z", "--stage", "--", literal(path)).split(b"\0")
    if not any(row.partition(b"\t")[0].endswith(b" 0") for row in rows):  # other stages are those of a conflict
        return False
    try:
        return bool(git.run("diff-index", "--cached", "--name-only", "-z", "HEAD", "--", literal(path)))
    except GitUnavailable:  # the branch has no commit yet
        return True


def is_unchanged(git: IsolatedGit, path: str) -> bool:
    """Whether the file has the bytes that it has in the commit that is checked out."""
    file = Path(git.root, path)
    return (
        file.is_file()
        and not file.is_symlink()
        and git.run("cat-file", "blob", f"HEAD:./{path}") == read_regular_file(file)
    )


def hash_committed(git: IsolatedGit, path: str) -> str:
    """The SHA-256 of the bytes that the file has in the commit that is checked out."""
    return sha256(git.run("cat-file", "blob", f"HEAD:./{path}")).hexdigest()


def has_history(git: IsolatedGit, path: str, *, on_any_branch: bool = False) -> bool:
    """Whether a commit of the branch that is checked out, or of any, has or had the file."""
    branches = ("--all",) if on_any_branch else ()
    try:
        return bool(git.run("log", "-1", "--format=%H", *branches, "--", literal(path)))
    except GitUnavailable:  # the branch has no commit yet
        return False


def literal(path: str) -> str:
    """The path as an argument in which nothing is a pattern."""
    return f":(literal){path}"
