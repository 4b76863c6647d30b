"""What `gate start`, `check` and `finish` print: each failure once, the verdict last, then the next command."""

import json
import re
from collections.abc import Callable
from typing import Any

import pexpect
import pytest

from tests.support.repository import BIN, Ended, Repository

Orch = Callable[..., Ended]
LAYERS = [f"## Layer {number}" for number in range(1, 9)]
LONG = " ".join(["The specification has all of its layers, as they depend on one another."] * 4)
HEADINGS = {
    "type": "contains_headings", "target": "{artifact_path}/a.md", "required_headings": LAYERS, "description": LONG,
}  # fmt: skip
NO_DRAFT = {"type": "not_contains", "target": "{artifact_path}/a.md", "pattern": "DRAFT", "severity": "warning"}
OUT = "out/the-word-robot"


@pytest.fixture
def gated(repository: Repository) -> Callable[..., str]:
    """Makes a workflow of the gates G1 and G2, and a run of it; the contract of G1 is as given."""

    def make(outputs: list[dict[str, Any]] | None = None, **contract: Any) -> str:
        repository.write_workflow("G1", "G2")
        declared = outputs or [{"path": "{artifact_path}/a.md"}]
        repository.write_contract("G1", required_outputs={"all_of": declared}, **contract)
        repository.write_contract("G2", required_outputs={"all_of": [{"path": "{artifact_path}/b.md"}]})
        return repository.start_run(workflow="tests")

    return make


def at(run_id: str, *gates: str) -> list[str]:
    return ["--run", run_id, *(word for gate in gates or ("G1",) for word in ("--gate", gate))]


@pytest.mark.parametrize("verb", ["check", "finish"])
def test_a_pass_is_three_lines_of_pytest_one_of_ours_and_the_next_command(
    repository: Repository, gated: Callable[..., str], verb: str
) -> None:
    run_id = gated(validations=[HEADINGS | {"required_headings": ["# A"]}])
    repository.write(f"{OUT}/a.md", "# A\n")
    repository.start_gate(run_id, "G1")
    repository.write(f"{OUT}/a.md", "# A\nwords\n")
    begin, dots, summary, verdict, following = repository.orch("gate", verb, *at(run_id)).out.splitlines()
    assert re.fullmatch("=+ test session starts =+", begin)
    assert re.fullmatch(r"orchestration/gates/contracts/G1\.contract\.json \.\. +\[100%\]", dots)
    assert re.fullmatch(r"=+ 2 passed in [\d.]+s =+", summary)
    about = "not recorded" if verb == "check" else "attempt 1"
    assert verdict.startswith("PASS  G1 ")
    assert verdict.endswith(f", {about} (depth standard)")
    assert following.startswith(f"Next: orch gate {'finish' if verb == 'check' else 'start'} --run {run_id} ")


@pytest.mark.parametrize("verb", ["check", "finish"])
@pytest.mark.slow
def test_a_pass_says_which_outputs_were_only_required_to_exist_and_which_are_empty(
    repository: Repository, gated: Callable[..., str], verb: str
) -> None:
    outputs = [
        {"path": "{artifact_path}/a.md"},
        {"path": "{artifact_path}/b.md"},
        {"path": "{artifact_path}/empty.md", "allow_empty": True},
    ]
    run_id = gated(outputs, validations=[NO_DRAFT])
    repository.start_gate(run_id, "G1")
    for name, text in (("a", "x"), ("b", "x"), ("empty", "")):
        repository.write(f"{OUT}/{name}.md", text)
    ended = repository.orch("gate", verb, *at(run_id))
    assert ended.out.splitlines()[3] == f"  note    2 of 3 outputs checked for existence only; empty: {OUT}/empty.md"
    assert len(ended.out.splitlines()) == 6


@pytest.mark.slow
def test_thousands_are_told_from_hundreds_in_every_number(repository: Repository, gated: Callable[..., str]) -> None:
    run_id = gated([{"path": f"{{artifact_path}}/{number}.md"} for number in range(1_001)])
    for number in range(1_001):
        repository.write(f"{OUT}/{number}.md", "x")
    ended = repository.orch("gate", "check", *at(run_id))
    assert "1,001 of 1,001 outputs checked for existence only" in ended.out
    for number in range(1_001):
        repository.write(f"{OUT}/{number}.md", "")
    assert "1,001 of 1,001 checks failed" in repository.orch("gate", "check", *at(run_id)).out


@pytest.mark.parametrize(
    "contract",
    [
        pytest.param({"validations": [{"type": "command", "command": ["true"]}]}, id="a program may check it"),
        pytest.param({"validations": [{"type": "min_regex_count", "target": "{artifact_path}/*.md", "regex": "x",
                                       "min_count": 1}]}, id="a glob matches it"),
    ],
)  # fmt: skip
@pytest.mark.slow
def test_an_output_that_is_or_may_be_checked_otherwise_is_not_counted(
    repository: Repository, gated: Callable[..., str], contract: dict[str, Any]
) -> None:
    run_id = gated(**contract)
    repository.write(f"{OUT}/a.md", "x")
    ended = repository.orch("gate", "check", *at(run_id))
    assert ended.code == 0
    assert "existence only" not in ended.out


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["check", "finish"])
def test_a_missing_file_is_one_failure_and_each_other_failure_is_printed_once(
    repository: Repository, gated: Callable[..., str], verb: str
) -> None:
    outputs = [{"path": "{artifact_path}/a.md"}, {"path": "{artifact_path}/b.md"}]
    b_words = {"type": "word_count", "target": "{artifact_path}/b.md", "min": 40}
    run_id = gated(outputs, validations=[HEADINGS, NO_DRAFT, b_words])
    repository.start_gate(run_id, "G1")
    repository.write(f"{OUT}/b.md", "few words")
    ended = repository.orch("gate", verb, *at(run_id))
    assert ended.code == 1
    assert re.findall("^_+ (.*) _+$", ended.out, re.MULTILINE) == ["file_exists[a.md]", "word_count[b.md]"]
    assert ended.out.count("; 2 more checks need it\n") == 1
    assert ended.out.count("  expected  ") == ended.out.count("  found     ") == 2
    assert ended.out.count("  contract  orchestration/gates/contracts/G1.contract.json:") == 2
    *_, verdict, following = ended.out.splitlines()
    assert verdict.startswith("FAIL  G1 ")
    assert verdict.endswith(": 3 of 5 checks failed")
    assert following.startswith("Next: orch gate ")


@pytest.mark.slow
def test_a_warning_is_shown_once_beside_the_verdict(repository: Repository, gated: Callable[..., str]) -> None:
    run_id = gated(validations=[NO_DRAFT, HEADINGS | {"required_headings": ["# A"]}])
    repository.write(f"{OUT}/a.md", "# A\nDRAFT\n")
    ended = repository.orch("gate", "check", *at(run_id))
    *_, summary, warning, verdict, _ = ended.out.splitlines()
    assert " 1 warned in " in summary
    assert warning.startswith(f"  warned  {OUT}/a.md: ")
    assert verdict.startswith("PASS  G1 ")
    assert ended.out.count("'DRAFT'") == warning.count("'DRAFT'")


@pytest.mark.parametrize("verb", ["check", "finish"])
@pytest.mark.parametrize(("flags", "is_shown"), [((), False), (("-v",), True), (("-q",), False)])
@pytest.mark.slow
def test_hashes_are_shown_with_v_only(
    repository: Repository, gated: Callable[..., str], verb: str, flags: tuple[str, ...], is_shown: bool
) -> None:
    run_id = gated()
    repository.start_gate(run_id, "G1")
    repository.write(f"{OUT}/a.md", "x")
    ended = repository.orch("gate", verb, *flags, *at(run_id))
    assert bool(re.search(rf"^  sha256  [0-9a-f]{{64}}  {OUT}/a\.md$", ended.out, re.MULTILINE)) is is_shown


@pytest.mark.slow
def test_the_details_of_several_gates_come_before_all_of_their_verdicts(
    repository: Repository, gated: Callable[..., str]
) -> None:
    run_id = gated(validations=[NO_DRAFT])
    repository.write(f"{OUT}/a.md", "DRAFT")
    ended = repository.orch("gate", "check", *at(run_id, "G1", "G2"))
    *_, gate, warning, first, second, following = ended.out.splitlines()
    assert (gate, warning[:10]) == ("G1:", "  warned  ")
    assert (first[:9], second[:9], following[:6]) == ("PASS  G1 ", "FAIL  G2 ", "Next: ")


# The width


def at_a_terminal(repository: Repository, columns: int, *arguments: str) -> str:
    child = pexpect.spawn(
        str(BIN / "orch"), list(arguments), cwd=str(repository.root), encoding="utf-8", timeout=30,
        dimensions=(60, columns),
    )  # fmt: skip
    printed: str = child.read()
    child.close()
    return re.sub(r"\x1b\[[0-9;]*[mK]|\r", "", printed)


def fold(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.slow
@pytest.mark.parametrize("columns", [80, 200])
def test_at_a_terminal_long_lines_are_wrapped_below_their_text_and_never_cut(
    repository: Repository, gated: Callable[..., str], columns: int
) -> None:
    run_id = gated(validations=[HEADINGS])
    repository.write(f"{OUT}/a.md", "x")
    printed = at_a_terminal(repository, columns, "gate", "check", *at(run_id))
    *lines, following = printed.splitlines()
    assert following.startswith("Next: ")
    assert max(map(len, lines)) <= columns
    assert f"because {LONG}" in fold(printed)
    assert all(heading in fold(printed) for heading in LAYERS)
    because = lines.index(next(line for line in lines if line.startswith("  because   ")))
    assert re.match(r" {12}\S", lines[because + 1])


@pytest.mark.slow
def test_through_a_pipe_no_line_is_wrapped_or_cut_also_where_columns_is_set(
    repository: Repository, gated: Callable[..., str]
) -> None:
    run_id = gated(validations=[HEADINGS])
    repository.write(f"{OUT}/a.md", "x")
    ended = repository.orch("gate", "check", *at(run_id), env={"COLUMNS": "60"})
    assert f"\n  because   {LONG}\n" in ended.out


# What comes next


def test_a_start_lists_what_is_expected_and_its_next_command_is_a_command(
    repository: Repository, gated: Callable[..., str]
) -> None:
    run_id = gated([{"path": f"{{artifact_path}}/{number}.md"} for number in range(12)])
    ended = repository.orch("gate", "start", *at(run_id), "--agent", "maker")
    first, expected, *outputs, more, following = ended.out.splitlines()
    assert first.startswith("Gate G1 ")
    assert expected == "Expected before the gate is finished:"
    assert outputs == [f"  output  {OUT}/{number}.md" for number in range(10)]
    assert more == "  and 2 more"
    assert following == f"Next: orch gate finish --run {run_id} --gate G1"


@pytest.mark.slow
def test_a_check_without_an_open_attempt_suggests_to_start_one(
    repository: Repository, gated: Callable[..., str]
) -> None:
    run_id = gated()
    ended = repository.orch("gate", "check", *at(run_id))
    assert ended.out.endswith(f"\nNext: orch gate start --run {run_id} --gate G1 --agent agent-G1\n")


@pytest.mark.slow
def test_a_check_of_a_passed_gate_that_fails_suggests_to_start_it_again(
    repository: Repository, gated: Callable[..., str]
) -> None:
    run_id = gated()
    repository.write(f"{OUT}/a.md", "x")
    repository.start_gate(run_id, "G1")
    assert repository.orch("gate", "finish", *at(run_id)).code == 0
    (repository.root / OUT / "a.md").unlink()
    ended = repository.orch("gate", "check", *at(run_id))
    assert re.search(rf"\nNext: orch gate start --run {run_id} --gate G1 --agent \S+\n$", ended.out)


@pytest.mark.slow
def test_a_check_of_a_completed_run_suggests_to_look_at_it(repository: Repository, gated: Callable[..., str]) -> None:
    run_id = gated()
    for gate, name in (("G1", "a"), ("G2", "b")):
        repository.write(f"{OUT}/{name}.md", "x")
        repository.start_gate(run_id, gate)
        assert repository.orch("gate", "finish", *at(run_id, gate)).code == 0
    assert repository.orch("run", "complete", "--run", run_id).code == 0
    assert repository.orch("gate", "check", *at(run_id)).out.endswith("\nNext: orch run list\n")
    (repository.root / OUT / "a.md").unlink()
    assert repository.orch("gate", "check", *at(run_id)).out.endswith("\nNext: orch run list\n")


@pytest.mark.slow
def test_the_document_is_the_same_as_ever(repository: Repository, gated: Callable[..., str]) -> None:
    run_id = gated()
    ended = repository.orch("gate", "check", "--json", *at(run_id))
    assert set(json.loads(ended.out)) == {
        "gate", "status", "artifacts", "validations", "failure_reason", "contract", "runner", "git",
    }  # fmt: skip
