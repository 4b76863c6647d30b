"""How far long work has come is shown at a terminal, in one line that is gone afterwards, and nowhere else."""

import io
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pexpect
import pytest

from runner.cli.terminal.progress_line import ProgressLine
from tests.support.large_files import sparse
from tests.support.messages import message
from tests.support.repository import BIN, Ended, Repository
from tests.support.web_site import Says, Site, serving

Orch = Callable[..., Ended]
BIG = "out/the-word-robot/big.bin"
ERASED = "\r\x1b[K"
SIZE_BYTES = 2 << 30
"""So much that no machine hashes it within a moment; the file is sparse."""


def screen(printed: str) -> list[str]:
    """The lines that a terminal of any width shows in the end, as far as we move its cursor."""
    lines, row, column = [""], 0, 0
    for part in re.findall(r"\x1b\[[0-9;]*[A-Za-z]|\r|\n|[^\x1b\r\n]+", printed):
        if part == "\r":
            column = 0
        elif part == "\n":
            row, column = row + 1, 0
            lines += [""] * (row + 1 - len(lines))
        elif part == "\x1b[K":
            lines[row] = lines[row][:column]
        elif part == "\x1b[1A":
            row -= 1
        elif part.startswith("\x1b[") and part.endswith("C"):
            column += int(part[2:-1])
        elif not part.startswith("\x1b"):
            lines[row] = lines[row][:column].ljust(column) + part + lines[row][column + len(part) :]
            column += len(part)
    return lines


# The line itself


def test_it_is_written_over_and_gone_at_the_end() -> None:
    stream = io.StringIO()
    line = ProgressLine(stream, 80)
    for text in ("urls 1 of 9", "urls 2 of 9"):
        line.show(text)
        assert screen(stream.getvalue()) == [text]
    line.show("")
    assert screen(stream.getvalue()) == [""]


def test_a_line_that_is_not_finished_is_left_as_it_was() -> None:
    stream = io.StringIO()
    line = ProgressLine(stream, 80)
    for text in ("first\n", "contract.json \x1b[32m..\x1b[0m"):
        stream.write(text)
        line.note_printed(text)
    line.show("urls 1 of 9")
    assert screen(stream.getvalue()) == ["first", "contract.json ..", "urls 1 of 9"]
    line.erase()
    stream.write(".")
    assert screen(stream.getvalue()) == ["first", "contract.json ...", ""]


def test_it_stands_below_a_line_that_came_in_parts() -> None:
    stream = io.StringIO()
    line = ProgressLine(stream, 80)
    for text in ("contract.json ", ".", "."):
        stream.write(text)
        line.note_printed(text)
    line.show("urls 1 of 9")
    line.erase()
    stream.write(". done")
    assert screen(stream.getvalue()) == ["contract.json ... done", ""]


def test_nothing_is_written_where_nothing_was_shown() -> None:
    stream = io.StringIO()
    ProgressLine(stream, 80).erase()
    assert stream.getvalue() == ""


def test_a_line_that_is_too_long_keeps_how_far_it_is() -> None:
    stream = io.StringIO()
    ProgressLine(stream, 60).show(f"hashing {'a/' * 200}big.bin 1.2 of 4.0 GiB")
    (shown,) = screen(stream.getvalue())
    assert len(shown) == 59
    assert shown.endswith("big.bin 1.2 of 4.0 GiB")


def test_a_name_cannot_move_the_cursor() -> None:
    stream = io.StringIO()
    ProgressLine(stream, 60).show("hashing \x1b[2Jbig\n.bin")
    assert "\x1b[2J" not in stream.getvalue()
    assert "\n" not in stream.getvalue()


# At a terminal


@contextmanager
def at_a_terminal(repository: Repository, *arguments: str, **environment: str) -> Iterator[Any]:
    inherited = {name: value for name, value in os.environ.items() if name not in ("CI", "TERM", "COLUMNS")}
    child = pexpect.spawn(
        str(BIN / "orch"), list(arguments), cwd=str(repository.root), encoding="utf-8", timeout=40,
        dimensions=(50, 100), env={**inherited, "TERM": "xterm", **environment},
    )  # fmt: skip
    try:
        yield child
    finally:
        child.close(force=True)


def everything(child: Any) -> str:
    """What was printed until its end."""
    child.expect(pexpect.EOF)
    printed: str = child.before
    child.close()
    return printed


@pytest.fixture
def large(repository: Repository) -> str:
    """A run of one gate that wants a large file, which is there."""
    repository.write_workflow("GT")
    repository.write_contract(required_outputs={"all_of": [{"path": "{artifact_path}/big.bin"}]})
    repository.write(BIG, "")
    sparse(repository.root / BIG, SIZE_BYTES)
    return repository.start_run(workflow="tests")


@pytest.mark.slow
def test_a_large_file_shows_its_bytes_while_it_is_judged(repository: Repository, large: str) -> None:
    with at_a_terminal(repository, "gate", "check", "--run", large, "--gate", "GT") as child:
        printed = everything(child)
    assert re.search(rf"hashing {BIG} \d\.\d of 2\.0 GiB", printed)
    assert ERASED in printed
    shown = screen(printed)
    assert not any("hashing" in line for line in shown)
    assert any(re.match(r"orchestration/gates/contracts/GT\.contract\.json \.", line) for line in shown)
    assert any(line.startswith("PASS  GT") for line in shown)


@pytest.mark.slow
def test_a_start_shows_it_too_and_ctrl_c_leaves_a_clean_line(repository: Repository, large: str) -> None:
    before = repository.snapshot()
    with at_a_terminal(repository, "gate", "start", "--run", large, "--gate", "GT", "--agent", "maker") as child:
        child.expect("hashing ")
        child.sendintr()
        printed = "hashing " + everything(child)
        assert child.exitstatus == 130
    assert [line for line in screen(printed) if line.strip("^C")] == ["orch: interrupted"]
    assert repository.snapshot() == before


@pytest.mark.slow
def test_ctrl_c_while_it_is_judged_leaves_a_clean_line(repository: Repository, large: str) -> None:
    with at_a_terminal(repository, "gate", "check", "--run", large, "--gate", "GT") as child:
        child.expect("hashing ")
        child.sendintr()
        printed = "hashing " + everything(child)
        assert child.exitstatus == 130
    assert any(f"orch: {message('interrupted')}" in line for line in screen(printed))
    assert not any("hashing" in line for line in screen(printed))


@pytest.fixture
def asking(repository: Repository) -> Iterator[str]:
    """A run of one gate that asks for a URL, which is told at once."""
    repository.write_workflow("GT")
    with serving({"/": 200}) as site:
        repository.write_contract(validations=[_reachable(site)])
        repository.write("out/the-word-robot/a.md", f"{site.url}/\n")
        yield repository.start_run(workflow="tests")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("more", "environment", "is_shown"),
    [((), {}, True), (("--json",), {}, False), ((), {"CI": "true"}, False), ((), {"TERM": "dumb"}, False)],
    ids=["at a terminal", "with --json", "in CI", "at a terminal without commands"],
)
def test_it_is_shown_where_it_is_of_use(
    repository: Repository, asking: str, more: tuple[str, ...], environment: dict[str, str], is_shown: bool
) -> None:
    with at_a_terminal(repository, "gate", "check", "--run", asking, "--gate", "GT", *more, **environment) as child:
        printed = everything(child)
        assert child.exitstatus == 0
    assert ("urls 0 of 1" in printed) is is_shown


@pytest.mark.slow
def test_without_a_terminal_it_is_not_shown(repository: Repository, asking: str) -> None:
    ended = repository.orch("gate", "check", "--run", asking, "--gate", "GT")
    assert ended.code == 0
    assert "urls" not in ended.out + ended.err
    assert "\x1b" not in ended.out + ended.err


@pytest.mark.slow
def test_urls_show_how_many_have_answered(repository: Repository) -> None:
    repository.write_workflow("GT")
    with serving({f"/{n}": Says(200, after_s=0.3) for n in range(6)}) as site:
        repository.write_contract(validations=[_reachable(site)])
        repository.write("out/the-word-robot/a.md", "".join(f"{site.url}/{n}\n" for n in range(6)))
        run_id = repository.start_run(workflow="tests")
        with at_a_terminal(repository, "gate", "check", "--run", run_id, "--gate", "GT") as child:
            printed = everything(child)
            assert child.exitstatus == 0, printed
    assert "urls 0 of 6" in printed
    assert re.search(r"urls [1-9] of 6", printed)
    assert not any("urls" in line for line in screen(printed))


def _reachable(site: Site) -> dict[str, Any]:
    return {"type": "url_reachable", "target": "{artifact_path}/a.md", "allow_hosts": [site.host]}
