"""A check that nothing can make fail is found out."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from gate_tests.checks.registry import BUILT_IN_TYPES, check_type
from gate_tests.checks.rule import TextRule
from gate_tests.workspace.names import Depth
from runner.cli.commands.contract_mutation import test as contract_test
from runner.cli.context import CliContext
from runner.contracts.mutation.example import Example
from runner.contracts.mutation.mutate import CheckMutationTest, MutantKind, MutationTest, run_mutation_test
from runner.contracts.mutation.sandbox import Sandbox
from runner.contracts.mutation.time_limit import enforce_time_limit
from tests.support.check_examples import example, tried
from tests.support.check_packages import install
from tests.support.checks import compiled
from tests.support.messages import message, says
from tests.support.repository import Repository

Validation = dict[str, Any]
BRIEF = {"check_s": 0.3}
MUTABLE = [name for name in BUILT_IN_TYPES if (each := check_type(name)).not_mutated is None and "target" in each.keys]


def killed(repository: Repository, *validations: Validation, files: dict[str, str], **contract: Any) -> MutationTest:
    for path, text in files.items():
        repository.write(f"orchestration/gates/examples/GT/{path}", text)
    repository.write_contract(validations=list(validations), **contract)
    return run_mutation_test(repository.workspace, "GT", Depth.STANDARD)


def only(repository: Repository, validation: Validation, text: str) -> CheckMutationTest:
    (each,) = killed(repository, validation, files={"a.md": text}).checks
    return each


def sources(threshold: int, **keys: Any) -> Validation:
    return {"type": "min_sources", "target": "a.md", "thresholds": {"default": threshold}, **keys}


@pytest.mark.slow
@pytest.mark.parametrize("gate", ["G1", "G2", "G3"])
@pytest.mark.parametrize("depth", Depth)
def test_every_shipped_check_can_fail(shipped: Repository, gate: str, depth: Depth) -> None:
    done = run_mutation_test(shipped.workspace, gate, depth)
    if depth is Depth.DEEP and gate == "G2":
        assert "found 12 of 15" in str(done.checks[-1].error)  # the example is a standard one
        return
    assert done.passed
    assert not [each.missed_mutants for each in done.checks if each.missed_mutants]


def test_a_check_that_nothing_can_fail_survives(repository: Repository) -> None:
    each = only(repository, sources(0, missing_ok=True), "### Source 1\n")
    assert each.survived
    assert [each.killed(kind) for kind in MutantKind] == [False, False, False]


def test_a_check_that_any_text_passes_is_weak_and_can_fail(repository: Repository) -> None:
    each = only(repository, sources(0), "### Source 1\n")
    assert (each.survived, each.is_existence_only) == (False, True)


def test_a_check_that_demands_something_is_killed_in_every_way(repository: Repository) -> None:
    each = only(repository, sources(2), "### Source 1\n\n### Source 2\n")
    assert [each.killed(kind) for kind in MutantKind] == [True, True, True]
    assert (each.survived, each.is_existence_only, each.missed_mutants) == (False, False, ())


def test_what_does_not_hold_for_the_good_artifacts_is_told_and_not_tried(repository: Repository) -> None:
    done = killed(repository, sources(2), files={"a.md": "### Source 1\n"})
    (each,) = done.checks
    assert not done.passed
    assert str(each.error).startswith(message("fails-good-artifacts", reason="a.md: "))
    assert each.mutants == ()


@pytest.mark.slow
def test_what_would_run_a_program_is_not_tried_and_that_is_no_fault(repository: Repository) -> None:
    program = {"type": "command", "command": ["false"]}
    done = killed(repository, program, sources(1), files={"a.md": "### Source 1\n"})
    assert done.passed
    assert done.checks[0].error == message("would-run-program")


@pytest.mark.slow
def test_a_credential_is_put_into_each_file_that_is_searched_for_one(repository: Repository) -> None:
    searched = {"type": "no_secrets", "targets": ["*.md"]}
    (each,) = killed(repository, searched, files={"a.md": "a\n", "b.md": "b\n"}).checks
    assert [trial.description for trial in each.mutants if trial.is_targeted and trial.killed] == [
        "a.md with a GitHub token inserted",
        "b.md with a GitHub token inserted",
    ]
    assert (each.survived, each.is_existence_only, each.missed_mutants) == (False, False, ())


def test_what_is_about_the_record_of_an_attempt_is_not_tried(repository: Repository) -> None:
    outputs = {"all_of": [{"path": "a.md"}]}
    done = killed(repository, {"type": "changed_in_attempt"}, files={"a.md": "a\n"}, required_outputs=outputs)
    assert done.can_every_check_fail
    assert done.checks[-1].error == "it depends on the record of the attempt"


@pytest.mark.slow
def test_a_warning_is_killed_where_it_fires(repository: Repository) -> None:
    draft = {"type": "not_contains", "target": "a.md", "pattern": "[DRAFT]", "severity": "warning"}
    each = only(repository, draft, "done\n")
    assert [each.killed(kind) for kind in MutantKind] == [False, True, True]


@pytest.mark.slow
def test_of_several_files_all_together_are_tried_too(repository: Repository) -> None:
    either = {"any_of": [{"path": "a.md"}, {"path": "b.md"}]}
    done = killed(repository, files={"a.md": "a", "b.md": "b"}, required_outputs=either)
    (each,) = done.checks
    assert [trial.description for trial in each.mutants if trial.killed] == ["all 2 emptied", "all 2 missing"]


@pytest.mark.slow
def test_of_many_files_the_target_and_the_first_are_tried_alone(repository: Repository) -> None:
    names = ["z.md", *(f"a/{number:02}.md" for number in range(40))]
    best = {"type": "min_sources_any_of", "targets": names, "thresholds": {"default": 1}}
    (each,) = killed(repository, best, files=dict.fromkeys(names, "### Source 1\n")).checks
    alone = {trial.description.partition(" ")[0] for trial in each.mutants} - {"all"}
    assert (len(alone), "z.md" in alone) == (20, True)
    assert each.killed(MutantKind.EMPTIED)


def test_a_folder_is_emptied_and_taken_away(repository: Repository) -> None:
    many = {"type": "min_file_count", "target": "notes", "thresholds": {"default": 1}}
    (each,) = killed(repository, many, files={"notes/a.md": "a", "notes/more/b.md": "b"}).checks
    assert [each.killed(kind) for kind in MutantKind] == [True, True, None]


@pytest.mark.slow
def test_a_schema_of_the_repository_is_taken_along_and_the_work_in_it_is_not(repository: Repository) -> None:
    repository.write("schemas/a.json", '{"type": "object"}')
    repository.write("a.md", "### Source 1\n")
    conforms = {"type": "json_schema", "target": "a.json", "schema": "schemas/a.json"}
    done = killed(repository, conforms, sources(1), files={"a.json": "{}"})
    assert done.checks[0].error is None
    assert not done.checks[0].survived
    assert "file is missing" in str(done.checks[1].error)


def test_what_was_done_is_undone(repository: Repository) -> None:
    for path in ("a.md", "notes/b.md"):
        repository.write(f"orchestration/gates/examples/GT/{path}", path)
    with Sandbox(Example.find(repository.workspace, "GT")) as sandbox:
        root = sandbox.workspace.root
        for text in (None, "", "other"):
            with sandbox.apply_changes(dict.fromkeys(("notes", "a.md", "notes/b.md"), text)):
                assert sandbox.read_text("a.md") == text
                assert (root / "notes").exists() is (text is not None)
                assert not list(root.glob("notes/*"))
            assert (sandbox.read_text("a.md"), sandbox.read_text("notes/b.md")) == ("a.md", "notes/b.md")
        left = root.parent
    assert not left.exists()


@pytest.mark.parametrize("name", MUTABLE)
def test_a_mutation_of_a_rule_makes_it_fail(name: str, repository: Repository) -> None:
    case = example(name, "passes")
    check = tried(repository, case).check
    path, rule = check.target.path, check.rule
    text = (repository.root / path).read_text("utf-8") if rule.reads_text else ""
    for description, mutated in rule.generate_mutations(text, path):
        repository.write(path, mutated)
        artifacts = compiled(repository, validations=[case["validation"]]).artifacts(repository.root)
        assert not check.evaluate(artifacts).holds, description


@pytest.mark.parametrize(
    ("validation", "text", "count"),
    [
        pytest.param(
            {"type": "regex_match", "regex": "TODO|FIX(ME)+\\b", "must_not_match": True}, "", 2, id="branches"
        ),
        pytest.param({"type": "regex_match", "regex": "\\d{4}-[a-f]{2}", "must_not_match": True}, "", 1, id="classes"),
        pytest.param({"type": "regex_match", "regex": "(?<!a)b", "must_not_match": True}, "", 1, id="looking around"),
        pytest.param({"type": "regex_match", "regex": "(?=a)b", "must_not_match": True}, "", 0, id="never matches"),
        pytest.param({"type": "max_regex_count", "regex": "\\bvery\\b", "max_count": 2}, "very", 1, id="too many"),
        pytest.param({"type": "word_count", "min": 2, "max": 4}, "one two three", 2, id="words"),
    ],
)
def test_the_mutation_of_what_forbids_is_found_from_what_it_forbids(
    repository: Repository, validation: Validation, text: str, count: int
) -> None:
    (check,) = compiled(repository, validations=[{**validation, "target": "a.md"}]).checks
    rule = check.rule
    assert isinstance(rule, TextRule)
    found = list(rule.generate_mutations(text, "a.md"))
    assert len(found) == count
    assert not any(rule.evaluate_text(each.text, "a.md").holds for each in found)


def call(repository: Repository, *arguments: str) -> int:
    code: int = contract_test.main([*arguments], obj=CliContext(repository.root), standalone_mode=False)
    return code


@pytest.mark.slow
def test_the_command_draws_a_table_and_names_what_survived(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    killed(repository, sources(0, missing_ok=True), sources(1), files={"a.md": "### Source 1\n"})
    assert call(repository, "GT") == 1
    assert capsys.readouterr().out.splitlines() == [
        message("mutated-gate", gate="GT", slug="example", path="work/example", depth="standard"),
        "check                emptied   missing   mutated",
        "min_sources[a.md]    survived  survived  survived",
        "min_sources[a.md]-2  killed    killed    killed",
        message("survived", check="min_sources[a.md]"),
        message("not-every-check"),
    ]


@pytest.mark.slow
def test_the_command_passes_where_every_check_can_fail_and_tells_it_as_json(
    shipped: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(shipped, "G3", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["passed"], told["slug"]) == (True, "the-word-robot")
    assert told["checks"][2]["emptied"] is False
    assert told["checks"][2]["mutated"] is True
    assert {"way", "how", "killed"} == set(told["checks"][2]["trials"][0])


def test_what_is_neither_file_nor_folder_stays_behind(repository: Repository) -> None:
    folder = repository.write("orchestration/gates/examples/GT/notes/a.md", "a").parent
    (folder / "loop").symlink_to(".")
    (folder / "nowhere").symlink_to("gone")
    os.mkfifo(folder / "pipe")
    with Sandbox(Example.find(repository.workspace, "GT")) as sandbox:
        assert [each.name for each in (sandbox.workspace.root / "notes").iterdir()] == ["a.md"]


OWN = """
import time
from gate_tests.own import OwnCheck
def no_words(text, words): return not any(word in text for word in words)
def waits(text):
    while text == "Some other text.\\n": time.sleep(0.01)
    return True
words = {"type": "array", "items": {"type": "string"}, "description": "."}
no_words = OwnCheck(no_words, summary="no word occurs", keys={"words": words}, required=("words",))
waits = OwnCheck(waits, summary="it ends")
"""


def test_what_a_team_s_own_check_names_is_put_in_and_taken_out(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(install(tmp_path, "acme_no_words", OWN, "no_words"))
    each = only(repository, {"type": "no_words", "target": "a.md", "words": ["very {slug}"]}, "fine\n")
    assert [trial.description for trial in each.mutants if trial.killed] == [
        "a.md missing",
        "a.md with 'very example' added",
    ]


@pytest.mark.slow
def test_a_check_that_does_not_end_is_ended_and_that_is_no_kill(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(install(tmp_path, "acme_waits", OWN, "waits"))
    done = killed(
        repository, {"type": "waits", "target": "a.md"}, sources(1), files={"a.md": "### Source\n"}, limits=BRIEF
    )
    waiting, other = done.checks
    assert waiting.error is not None
    assert waiting.error.endswith(message("mutation-too-long", limit=0.3))
    assert not done.passed
    assert other.killed(MutantKind.MUTATED)


def test_ctrl_c_is_no_limit() -> None:
    def interrupted() -> None:
        with enforce_time_limit(10):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()


def test_where_the_good_artifacts_lack_what_a_check_reads_that_is_said(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = {"type": "not_contains", "target": "b.md", "pattern": "[DRAFT]", "missing_ok": True}
    killed(repository, draft, files={"a.md": "a"})
    assert call(repository, "GT") == 1
    assert says(capsys.readouterr().out, "no-good-artifact", path="b.md")


def test_a_gate_of_which_nothing_can_be_tried_is_not_said_to_be_fine(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    killed(repository, {"type": "command", "command": ["true"]}, files={"a.md": "a"})
    assert call(repository, "GT") == 0
    assert capsys.readouterr().out.endswith(f"{message('nothing-to-mutate')}\n")
