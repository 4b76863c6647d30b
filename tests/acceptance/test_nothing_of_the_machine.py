"""A record never holds a path, a user, a host or an environment variable of the machine it was made on."""

import json
import os
import re
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.repository import ARTIFACTS, SLUG, Ended, Repository

ABSOLUTE = re.compile(r"(^|[\s'\"(])(/\w|[A-Za-z]:\\)")
TELLING = {
    "USER": "telling-user",
    "LOGNAME": "telling-logname",
    "HOSTNAME": "telling-hostname",
    "HOME": "/telling-home/somebody",
    "SECRET_TOKEN": "telling-token-4711",
    "GIT_AUTHOR_NAME": "telling-author",
    "GIT_COMMITTER_EMAIL": "telling@committer",
}


@pytest.fixture
def place(tmp_path: Path) -> Repository:
    """A repository in a folder whose name would be recognised."""
    root = tmp_path / "telling-folder"
    root.mkdir()
    return Repository(root)


def orch(place: Repository, *arguments: str, code: int = 0) -> Ended:
    ended = place.orch(*arguments, env=TELLING)
    assert ended.code == code, ended.err
    return ended


def work_through_everything(place: Repository, tmp_path: Path) -> None:
    """Every command that writes, in git, with an attempt of every kind."""
    for command in (("init", "-q"), ("commit", "-q", "--allow-empty", "-m", "one")):
        place.run("git", "-c", "user.name=telling-git-name", "-c", "user.email=telling@git", *command)
    orch(place, "init")
    start = ("run", "start", "--workflow", "visual-essay", "--slug", SLUG, "--artifact-path", ARTIFACTS, "--json")
    run_id = orch(place, *start).json["run_id"]
    gate = ("--run", run_id, "--gate", "G1")
    orch(place, "gate", "start", *gate, "--agent", "maker")
    orch(place, "gate", "start", *gate, "--agent", "maker", "--abandon")
    orch(place, "invocation", "record", *gate, "--agent", "maker", "--duration-ms", "12")
    orch(place, "gate", "finish", *gate, code=1)
    orch(place, "gate", "fail", *gate, "--reason", "made up")
    place.add_example("G1")
    orch(place, "gate", "start", *gate, "--agent", "maker")
    orch(place, "gate", "finish", *gate)
    (record := place.root / place.workspace.record_path(run_id)).write_bytes(record.read_bytes()[:-99])
    orch(place, "run", "repair", "--run", run_id, "--yes")
    orch(place, "run", "complete", "--run", run_id)
    topic = tmp_path / "telling-elsewhere/topic.txt"
    topic.parent.mkdir()
    topic.write_text("tea")
    orch(place, "run", "visual-essay", "--slug", "tea", "--prompt-file", str(topic), code=5)


def committed(place: Repository) -> dict[str, str]:
    """Every file that git would take, below the folder of runs, and the backups, which it ignores."""
    place.run("git", "add", ".")
    place.run("git", "add", "--force", *(str(file) for file in place.root.rglob("*.damaged-1")))
    listed = place.run("git", "ls-files", "-z", "orchestration/runs").out.split("\0")
    return {name: (place.root / name).read_text("utf-8") for name in listed if name.endswith((".json", "-1"))}


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from texts(member)


@pytest.mark.slow
def test_no_record_holds_anything_of_the_machine(place: Repository, tmp_path: Path) -> None:
    work_through_everything(place, tmp_path)
    files = committed(place)
    assert len([name for name in files if "attempt-" in name]) == 4
    assert len([name for name in files if name.endswith("RUN.json")]) == 2
    assert len([name for name in files if name.endswith("damaged-1")]) == 1
    names = {os.path.realpath(sys.prefix), socket.gethostname(), str(tmp_path), "telling"}
    for name, content in files.items():
        for of_the_machine in names:  # as a word: the name of a host may be as short as a part of an id
            assert not re.search(rf"(?<![^\W_]){re.escape(of_the_machine)}(?![^\W_])", content), (
                f"{name} holds {of_the_machine}"
            )
        if name.endswith(".json"):
            absolute = [
                text for text in texts(json.loads(content)) if re.search(r"(^|[\s'\"(])(/\w|[A-Za-z]:\\)", text)
            ]
            assert absolute == [], name


@pytest.mark.parametrize("text", ["/home/somebody/x", "see /tmp/x", "'/x'", "C:\\Users"])
def test_a_path_of_a_machine_would_be_found(text: str) -> None:
    assert ABSOLUTE.search(text)
    assert not ABSOLUTE.search("orchestration/gates: 7 of 8 sources, and/or a/b")


REPORT = """\
---
status: FAIL
api_key: telling-key
---

See https://amy:telling-password@a.example/x and ../../../../../../telling-home/amy/c.md:1.
"""


@pytest.mark.slow
def test_nor_what_no_check_asks_for_in_an_artifact(shipped: Repository) -> None:
    checks = [
        {"type": "frontmatter_status", "target": "a.md", "checks": {"status": "PASS"}},
        {"type": "url_reachable", "target": "a.md"},
        {"type": "citations_resolve", "target": "a.md"},
    ]
    shipped.write_contract("G1", validations=checks)
    run_id = shipped.start_run()
    shipped.write("a.md", REPORT)
    shipped.start_gate(run_id, "G1")
    finished = shipped.orch("gate", "finish", "--run", run_id, "--gate", "G1", "--offline")
    assert finished.code == 1
    header, urls, citations = shipped.attempt(run_id, "G1")["validations"]
    assert header["fields"] == {"status": "FAIL"}
    assert urls["failed"][0]["url"] == "https://a.example/x"
    assert citations["unresolved"][0]["citation"] == "…/c.md:1"
    written = b"".join(path.read_bytes() for path in (shipped.root / "orchestration/runs").rglob("*") if path.is_file())
    assert b"telling" not in written
    assert "telling" not in finished.out + finished.err
