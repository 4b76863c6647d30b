"""Whatever an agent leaves where its work is looked for, `orch gate finish` says what is wrong: no hang, no crash."""

import contextlib
import os
import shutil
import socket
import stat
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.support.repository import Ended, Repository

NAME = unicodedata.normalize("NFC", "Größe.md")
GOOD = "".join(f"### Source {number}\n" for number in range(1, 9))
MEBIBYTE = 1 << 20


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Repository, str]:
    """A repository with an open attempt at a gate that wants one file with eight sources; and its run."""
    repository = Repository(tmp_path_factory.mktemp("prepared") / "repo")
    target = f"{{artifact_path}}/{NAME}"
    repository.write_contract(
        required_outputs={"all_of": [{"path": target}]},
        validations=[{"type": "min_sources", "target": target, "thresholds": {"default": 8}}],
    )
    repository.write_workflow("GT")
    repository.write("out/kept", "")
    run_id = repository.start_run("out", workflow="tests")
    ended = repository.orch("gate", "start", "--run", run_id, "--gate", "GT", "--agent", "maker")
    assert ended.code == 0, ended.err
    return repository, run_id


@pytest.fixture
def place(prepared: tuple[Repository, str], tmp_path: Path) -> Path:
    """Where the file is looked for, in a copy of the repository."""
    shutil.copytree(prepared[0].root, tmp_path / "repo")
    return tmp_path / "repo/out" / NAME


@pytest.fixture
def finish(prepared: tuple[Repository, str], place: Path) -> Callable[[], tuple[Ended, dict[str, Any]]]:
    """Finishes the attempt: how that ended, and what was recorded."""
    repository, run_id = Repository(place.parent.parent), prepared[1]

    def call() -> tuple[Ended, dict[str, Any]]:
        ended = repository.orch("gate", "finish", "--run", run_id, "--gate", "GT")
        return ended, repository.attempt(run_id, "GT")

    return call


def bind(place: Path) -> None:
    with contextlib.chdir(place.parent), socket.socket(socket.AF_UNIX) as end:
        end.bind(place.name)


def link_out(place: Path) -> None:
    outside = place.parent.parent.parent / "outside.md"
    outside.write_text(GOOD)
    place.symlink_to(outside)


def link_folder_out(place: Path) -> None:
    outside = place.parent.rename(place.parent.parent.parent / "outside")
    (outside / place.name).write_text(GOOD)
    place.parent.symlink_to(outside)


ODD: dict[str, tuple[Callable[[Path], object], str]] = {
    "a FIFO": (os.mkfifo, "a special file"),
    "a socket": (bind, "a special file"),
    "a device": (lambda place: os.mknod(place, stat.S_IFCHR | 0o666, os.makedev(1, 5)), "a special file"),
    "a folder": (Path.mkdir, "a directory"),
    "a link out of the root": (link_out, "leads outside the root"),
    "a link to a device": (lambda place: place.symlink_to("/dev/zero"), "leads outside the root"),
    "a folder that leads out of the root": (link_folder_out, "leads outside the root"),
    "a link to itself": (lambda place: place.symlink_to(place.name), "Too many levels of symbolic links"),
    "a link to nothing": (lambda place: place.symlink_to("nothing"), "file is missing"),
    "an empty file": (Path.touch, "0 of 8"),
    "bytes that are no text": (lambda place: place.write_bytes(GOOD.encode() + b"\xff"), "not UTF-8"),
    "text of 16 bits": (lambda place: place.write_bytes(GOOD.encode("utf-16")), "not UTF-8"),
    "a name in another case": (lambda place: place.with_name(NAME.upper()).write_text(GOOD), "file is missing"),
    "a name spelt otherwise": (
        lambda place: place.with_name(unicodedata.normalize("NFD", NAME)).write_text(GOOD), "file is missing",
    ),
    "a name with a newline": (lambda place: place.with_name(f"{NAME}\n").write_text(GOOD), "file is missing"),
    "a name that looks alike": (lambda place: place.with_name("Gr\N{GREEK SMALL LETTER OMICRON}ße.md").write_text(GOOD),
                                "file is missing"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("plant", "reason"), ODD.values(), ids=ODD.keys())
def test_what_is_no_good_file_fails_with_its_reason(
    place: Path, finish: Callable[[], tuple[Ended, dict[str, Any]]], plant: Callable[[Path], object], reason: str
) -> None:
    try:
        plant(place)
    except PermissionError:
        pytest.skip("only root may make a device, and not everywhere")
    ended, attempt = finish()
    assert (ended.code, attempt["status"]) == (1, "FAIL"), ended
    assert reason in attempt["failure_reason"]
    assert "Traceback" not in ended.err


def test_a_good_file_passes(place: Path, finish: Callable[[], tuple[Ended, dict[str, Any]]]) -> None:
    place.write_text(GOOD)
    ended, attempt = finish()
    assert (ended.code, attempt["status"]) == (0, "PASS"), ended


@contextlib.contextmanager
def meanwhile(place: Path, code: str) -> Iterator[None]:
    """While the block runs, another process does this to the file over and over again."""
    program = f"import os, sys\nplace, good = sys.argv[1:]\nprint(flush=True)\nwhile True:\n    {code}\n"
    command = [sys.executable, "-c", program, str(place), GOOD]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout
        process.stdout.readline()
        try:
            yield
            assert process.poll() is None
        finally:
            process.kill()


@pytest.mark.slow
def test_a_file_that_grows_while_it_is_read_fails(
    place: Path, finish: Callable[[], tuple[Ended, dict[str, Any]]]
) -> None:
    place.write_bytes(GOOD.encode() + b" " * 64 * MEBIBYTE)
    with meanwhile(place, "open(place, 'a').write(' ')"):
        ended, attempt = finish()
    assert (ended.code, attempt["status"]) == (1, "FAIL"), ended
    assert "changed while" in attempt["failure_reason"]


@pytest.mark.slow
def test_a_file_that_comes_and_goes_is_judged_as_it_was_read(
    place: Path, finish: Callable[[], tuple[Ended, dict[str, Any]]]
) -> None:
    swap = "open(place + '.new', 'w').write(good); os.replace(place + '.new', place); os.unlink(place)"
    with meanwhile(place, swap):
        ended, attempt = finish()
    assert ended.code == (0 if attempt["status"] == "PASS" else 1), ended
    hashes = [artifact["sha256"] for artifact in attempt["artifacts"]]
    assert hashes == ([sha256(GOOD.encode()).hexdigest()] if attempt["status"] == "PASS" else [])


@pytest.mark.slow
def test_a_link_that_is_swapped_meanwhile_never_brings_in_what_is_outside(
    place: Path, finish: Callable[[], tuple[Ended, dict[str, Any]]]
) -> None:
    outside = place.parent.parent.parent / "outside.md"
    outside.write_text(GOOD)
    place.with_name("inside.md").write_text(GOOD.replace("Source 8", "Sauce 8"))
    swap = "".join(
        f"os.symlink({target!r}, place + '.new'); os.replace(place + '.new', place); "
        for target in ("inside.md", str(outside))
    )
    with meanwhile(place, swap):
        ended, attempt = finish()
    assert (ended.code, attempt["status"]) == (1, "FAIL"), ended
    assert sha256(GOOD.encode()).hexdigest() not in [artifact["sha256"] for artifact in attempt["artifacts"]]


@pytest.mark.slow
def test_a_huge_file_is_refused_as_text_and_hashed_in_little_memory(
    place: Path, prepared: tuple[Repository, str]
) -> None:
    with place.open("wb") as file:
        file.truncate(1024 * MEBIBYTE)
    repository = Repository(place.parent.parent)
    measuring = (
        "import resource, subprocess, sys; code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL);"
        " print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    orch = (sys.executable, "-m", "runner", "gate", "finish", "--run", prepared[1], "--gate", "GT")
    code, peak_kib = repository.run(sys.executable, "-c", measuring, *orch).out.split()
    assert (code, int(peak_kib) < 300 * 1024) == ("1", True)
    attempt = repository.attempt(prepared[1], "GT")
    assert "1073741824 bytes, more than" in attempt["failure_reason"]
    assert attempt["artifacts"][0]["size_bytes"] == 1024 * MEBIBYTE
