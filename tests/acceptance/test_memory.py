"""What a gate reads fits into memory, however many files it names: each is read, judged and let go."""

import re
import resource
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.large_files import MIB, sparse
from tests.support.limited_memory import LINUX_ONLY
from tests.support.messages import message
from tests.support.repository import BIN, Ended, Repository

FILES = 60
LIMIT_MB = 512
TEXT_BYTES = 16 * MIB

MEASURE = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
print("peak MB", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
sys.exit(code)
"""


def check(repository: Repository, *validations: dict[str, Any], workers: int = 0, **keys: Any) -> tuple[Ended, int]:
    """`orch gate check` of these checks, and what the largest of its processes took at its peak, in MB."""
    repository.write_contract(validations=list(validations), **keys)
    repository.write_workflow("GT")
    run_id = repository.start_run(workflow="tests")
    command = (str(BIN / "orch"), "gate", "check", "--run", run_id, "--gate", "GT")
    many = ("-n", str(workers)) if workers else ()
    ended = repository.run(sys.executable, "-c", MEASURE, *command, *many)
    return ended, int(ended.out.rpartition("peak MB ")[2])


def large_text(repository: Repository, path: str) -> None:
    repository.write(path, ("the words of a source that is quoted, and its number is " + path + "\n") * 1000)
    with (repository.root / path).open("a") as file:
        file.write("and more of its words\n" * ((TEXT_BYTES - file.tell()) // 22))


def no_text(repository: Repository, path: str) -> None:
    """A file of the same size that takes no room, and that is no text."""
    (repository.root / path).parent.mkdir(parents=True, exist_ok=True)
    sparse(repository.root / path, TEXT_BYTES)


def small_text(repository: Repository, path: str) -> None:
    repository.write(path, "the words of a source that is quoted\n" * 9)


def targets(repository: Repository) -> list[dict[str, Any]]:
    """A check for each of the files."""
    return [{"type": "not_contains", "target": f"in/{number}.md", "pattern": "TODO"} for number in range(FILES)]


def quotations(repository: Repository) -> list[dict[str, Any]]:
    """Of a report that quotes the last of the files that a glob finds, and one that quotes none of them."""
    repository.write("report.md", '"the words of a source that is quoted"\n')
    repository.write("other.md", '"these words of no source at all, and no more"\n')
    check = {"type": "quotes_resolve", "sources": ["in/*.md"]}
    return [{**check, "target": "report.md"}, {**check, "target": "other.md", "min_words": 20, "min_count": 0}]


def citations(repository: Repository) -> list[dict[str, Any]]:
    """Of a report that cites a line of each of the files."""
    repository.write("report.md", "".join(f"in/{number}.md:2\n" for number in range(FILES)))
    return [{"type": "citations_resolve", "target": "report.md"}]


NAMED_BY = [targets, quotations, citations]


@LINUX_ONLY
@pytest.mark.slow
@pytest.mark.parametrize("named_by", NAMED_BY)
def test_sixty_files_at_the_limit_are_judged_within_the_memory_of_a_few(
    repository: Repository, named_by: Callable[[Repository], list[dict[str, Any]]]
) -> None:
    for number in range(FILES):
        write = large_text if number < 3 or number == FILES - 1 else no_text
        write(repository, f"in/{number}.md")
    ended, peak_mb = check(repository, *named_by(repository))
    assert peak_mb < 200, f"{peak_mb} MB"
    assert ended.code == (0 if named_by is quotations else 1), ended.out + ended.err
    if named_by is not quotations:
        assert "in/3.md" in ended.out  # by its name, as no text
        assert "in/2.md: expected" not in ended.out


@LINUX_ONLY
@pytest.mark.slow
@pytest.mark.parametrize("named_by", NAMED_BY)
def test_the_same_gates_pass_for_small_files(
    repository: Repository, named_by: Callable[[Repository], list[dict[str, Any]]]
) -> None:
    for number in range(FILES):
        small_text(repository, f"in/{number}.md")
    ended, peak_mb = check(repository, *named_by(repository))
    assert (ended.code, peak_mb < 100) == (0, True), ended.out + ended.err


HEADINGS = {"type": "contains_headings", "target": "a.md", "required_headings": ["## b"]}
CLEAN = {"type": "not_contains", "target": "clean.md", "pattern": "TODO"}
JSON = {"type": "json_schema", "target": "a.json", "schema": "s.json"}


@LINUX_ONLY
@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    [
        pytest.param(" <\n", id="lines of HTML"),
        pytest.param("- \n", id="items of lists"),
        pytest.param("> a\n\n", id="quotes"),
        pytest.param("[a]: b\n", id="definitions"),
        pytest.param("*a* `b` [c](d)\n\n", id="paragraphs of marks"),
        pytest.param(" #\n", id="headings"),
        pytest.param("\n", id="empty lines"),
    ],
)
def test_markdown_that_has_to_be_parsed_is_parsed_within_memory(repository: Repository, unit: str) -> None:
    text = " <br>\n\n" + unit * ((2 * MIB - 100) // len(unit))
    repository.write("a.md", f"{text}\n\n## b\n")
    ended, peak_mb = check(repository, HEADINGS)
    assert (ended.code, peak_mb < LIMIT_MB) == (0, True), f"{peak_mb} MB\n{ended.out}{ended.err}"


@pytest.mark.slow
def test_markdown_over_its_limit_fails_where_it_has_to_be_parsed(repository: Repository) -> None:
    text = "## b\n" + "a\n" * 100
    repository.write("a.md", text)
    assert check(repository, HEADINGS, limits={"markdown_bytes": 100})[0].code == 0  # it need not be
    repository.write("a.md", text + " <br>\n")
    counted = {"type": "min_sources", "target": "a.md", "thresholds": {"default": 0}}
    any_of = {"type": "min_sources_any_of", "targets": ["a.md"], "thresholds": {"default": 0}}
    ended, _ = check(repository, HEADINGS, counted, any_of, limits={"markdown_bytes": 100})
    assert ended.code == 1
    assert ended.out.count(message("markdown-too-large", size=211, limit=100)) >= 3, ended.out


@LINUX_ONLY
@pytest.mark.slow
@pytest.mark.parametrize("workers", [0, 2], ids=["one process", "two workers"])
def test_a_file_that_takes_too_much_memory_fails_its_check_by_name_and_the_next_is_judged(
    repository: Repository, workers: int
) -> None:
    repository.write("a.json", "[" + "[]," * (TEXT_BYTES // 3 - 2) + "[]]")
    repository.write("s.json", "{}")
    repository.write("clean.md", "text\n")
    ended, peak_mb = check(repository, JSON, CLEAN, workers=workers)
    assert peak_mb < LIMIT_MB, f"{peak_mb} MB"
    assert ended.code == 1, ended.out + ended.err
    reason = message("too-much-memory", size=(repository.root / "a.json").stat().st_size)
    assert re.search(rf"(?s)a\.json.*{re.escape(reason)}", ended.out + ended.err), ended.out
    assert "1 failed, 1 passed" in ended.out
    assert "Traceback" not in ended.out + ended.err


@LINUX_ONLY
@pytest.mark.slow
def test_a_regex_on_a_text_of_the_largest_size_is_matched_or_fails_with_the_reason(repository: Repository) -> None:
    repository.write("a.md", "\U0001f600" + "a" * (60 * MIB) + "\n")
    repository.write("clean.md", "text\n")
    counted = {"type": "max_regex_count", "target": "a.md", "regex": "b", "max_count": 0}
    ended, peak_mb = check(repository, counted, CLEAN, limits={"text_bytes": 64 * MIB, "regex_s": 20})
    assert peak_mb < LIMIT_MB, f"{peak_mb} MB"
    assert ended.code == 1
    assert message("too-much-memory", size=60 * MIB + 5) in ended.out, ended.out
    assert "1 failed, 1 passed" in ended.out


@LINUX_ONLY
@pytest.mark.slow
@pytest.mark.parametrize("limit", [resource.RLIMIT_DATA, resource.RLIMIT_AS], ids=["data", "address space"])
def test_where_the_system_gives_less_memory_good_work_has_no_verdict(repository: Repository, limit: int) -> None:
    repository.write("a.md", "\U0001f600 some words\n" * 300_000)
    repository.write_contract(validations=[{"type": "not_contains", "target": "a.md", "pattern": "TODO"}])
    repository.write_workflow("GT")
    command = (str(BIN / "orch"), "gate", "check", "--run", repository.start_run(workflow="tests"), "--gate", "GT")

    def check(mebibytes: int) -> Ended:
        shell = f'ulimit -{"d" if limit == resource.RLIMIT_DATA else "v"} {mebibytes << 10} && exec "$@"'
        return repository.run("sh", "-c", shell, "sh", *command)

    ended = [check(mebibytes) for mebibytes in range(40, 101, 10)]
    assert {each.code for each in ended} == {0, 3}
    assert any("a.md: not enough memory" in each.out for each in ended)
    assert all("Traceback" not in each.out + each.err for each in ended)
