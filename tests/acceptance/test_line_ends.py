"""Git carries the record: no conversion of line ends on the way changes a hash."""

import re
from hashlib import sha256
from pathlib import Path

import pytest

from tests.support.repository import ARTIFACTS, Repository

CONVERTING = "* text=auto eol=crlf\n"
CONFIGURED = ("-c", "core.autocrlf=true", "-c", "core.safecrlf=false")
LINE_ENDS = {"lf": b"one\ntwo\n", "crlf": b"one\r\ntwo\r\n", "mixed": b"one\r\ntwo\nthree\r"}


@pytest.fixture
def carried(shipped: Repository) -> Repository:
    """A repository whose line ends git converts, with files of every kind below `orchestration/` and beside it."""
    shipped.write(".gitattributes", CONVERTING)
    for name, content in LINE_ENDS.items():
        for folder in ("orchestration/gates", f"{ARTIFACTS}/research"):
            shipped.write(f"{folder}/{name}.md", content)
    return shipped


def cloned(repository: Repository) -> Repository:
    """What somebody gets who clones what is committed now."""
    who = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=false")
    clone = Repository(repository.root.with_name("clone"))
    for command in (
        ("init", "--quiet"),
        ("add", "--all"),
        (*who, "commit", "--quiet", "-m", "all"),
        ("clone", "--quiet", ".", str(clone.root)),
    ):
        ended = repository.run("git", *CONFIGURED, *command)
        assert ended.code == 0, ended.err
    return clone


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_file_below_orchestration_has_the_same_bytes_in_a_clone(carried: Repository) -> None:
    run_id = carried.start_run(ARTIFACTS)
    carried.orch("gate", "fail", "--run", run_id, "--gate", "G2", "--reason", "bad")
    clone = cloned(carried)
    there = files(clone.root / "orchestration")
    assert f"runs/{run_id}/record/gates/G2/attempt-1.json" in there
    assert there == {path: content for path, content in files(carried.root / "orchestration").items() if path in there}
    assert {f"gates/{name}.md": content for name, content in LINE_ENDS.items()}.items() <= there.items()
    converted = (clone.root / f"{ARTIFACTS}/research/lf.md").read_bytes()
    assert converted == LINE_ENDS["crlf"]  # git did convert, where nothing forbids it


@pytest.mark.slow
def test_with_the_line_that_the_page_gives_artifacts_keep_their_hashes_too(carried: Repository) -> None:
    page = (carried.root / "orchestration/README.md").read_text("utf-8")
    (lines,) = re.findall(r"```text\n(\S+ -text\n.*?)```", page, re.DOTALL)
    carried.write(".gitattributes", CONVERTING + lines)
    carried.add_example("G2")
    run_id = carried.start_run(ARTIFACTS)
    at_gate = ("--run", run_id, "--gate", "G2")
    carried.orch("gate", "start", *at_gate, "--agent", "maker")
    assert carried.orch("gate", "finish", *at_gate).code == 0
    clone = cloned(carried)
    recorded = clone.attempt(run_id, "G2")["artifacts"]
    assert len(recorded) == 6
    for artifact in recorded:
        assert sha256((clone.root / artifact["resolved_path"]).read_bytes()).hexdigest() == artifact["sha256"]
    assert files(clone.root / ARTIFACTS) == files(carried.root / ARTIFACTS)
