"""A git repository to query, and what may be planted in one."""

import os
import subprocess
from pathlib import Path


def git(folder: Path, *arguments: str) -> str:
    """Runs git as nobody in particular, without any machine's configuration."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    who = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=false")
    command = ("git", *who, "-c", "protocol.file.allow=always", *arguments)
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True)
    return done.stdout.decode().strip()


def make_checkout(folder: Path, *options: str) -> Path:
    """A new repository with one file, not committed yet. `options` are those of `git init`."""
    folder.mkdir()
    git(folder, "init", "--quiet", *options)
    (folder / "a.md").write_text("one\n")
    git(folder, "add", "a.md")
    return folder


def commit(folder: Path) -> str:
    """Commits what is staged; gives the commit."""
    git(folder, "commit", "--quiet", "-m", "first")
    return git(folder, "rev-parse", "HEAD")


def canary(folder: Path) -> tuple[Path, Path]:
    """A program outside the repository, and the file that is there once it has run."""
    program, ran = folder.parent / "canary", folder.parent / "it-ran"
    program.write_text(f"#!/bin/sh\ntouch '{ran}'\ncat\n")
    program.chmod(0o755)
    return program, ran


def touch(path: Path) -> None:
    """Makes git look at the file's content again: its time is not that of the index."""
    os.utime(path, (1_000_000_000, 1_000_000_000))


def plant_program(path: Path, source: str) -> Path:
    """A program of the shell at this path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{source}\n")
    path.chmod(0o755)
    return path
