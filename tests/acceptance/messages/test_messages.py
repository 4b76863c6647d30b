"""Each message of the table is printed once as it stands there, with its exit code and the next command."""

import re
import shlex
from collections.abc import Callable
from typing import Any

import pytest

from gate_tests.errors import Exit, OrchError, format_message
from runner.models import transitions
from runner.models.status import RunStatus
from runner.storage.store import Store
from tests.acceptance.messages.case import Case
from tests.acceptance.messages.cases import CASES
from tests.support import CHECKOUT
from tests.support.messages import MESSAGES, message, pattern
from tests.support.next_commands import ADVICE, find_next_steps
from tests.support.repository import Ended, Repository
from tests.support.sample_run import LATER, finish, new_run, start


@pytest.mark.parametrize(("name", "case"), CASES.items(), ids=CASES.keys())
def test_a_message_is_printed_with_its_exit_code_and_the_next_command(
    shipped: Repository, orch: Callable[..., Ended], run_id: str, name: str, case: Case
) -> None:
    if case.prepare:
        case.prepare(shipped, run_id)
    ended = orch(*(argument.replace("{run}", run_id) for argument in case.arguments))
    assert ended.code == case.code, ended
    wording = pattern(name, **{key: fill(value, run_id) for key, value in case.values.items()})
    line = case.before.replace(re.escape("{run}"), run_id) + wording + re.escape(fill(case.after, run_id))
    if case.is_output:
        assert re.search(rf"^{line}", ended.out, re.MULTILINE), ended.out
    else:
        assert re.fullmatch(
            rf"orch: {line}{re.escape(format_message('', fill(case.next_step, run_id)))}\n", ended.err
        ), ended.err


def fill(value: Any, run_id: str) -> Any:
    return value.replace("{run}", run_id) if isinstance(value, str) else value


@pytest.mark.parametrize(("name", "case"), CASES.items(), ids=CASES.keys())
def test_the_next_command_works_as_it_stands_where_it_was_printed(
    shipped: Repository, orch: Callable[..., Ended], run_id: str, name: str, case: Case
) -> None:
    if case.prepare:
        case.prepare(shipped, run_id)
    ended = orch(*(argument.replace("{run}", run_id) for argument in case.arguments))
    next_steps = find_next_steps(ended.out + ended.err)
    assert next_steps or case.is_output or case.next_step is None, ended
    for next_step in next_steps:
        if not next_step.startswith(ADVICE):
            run_pasted(shipped, orch, next_step)


def run_pasted(repository: Repository, orch: Callable[..., Ended], command: str) -> None:
    """Runs a command as if it had been pasted: it is found, and not refused."""
    program, *arguments = shlex.split(command)
    if program == "orch":
        ended = orch(*arguments)
        assert ended.code in {Exit.OK, Exit.FAIL, Exit.PAUSED}, (command, ended)
    else:
        assert repository.run("sh", "-c", command).code == 0, command


# Where no command line leads to, or a program must be broken


def refusal(call: Callable[[], object]) -> tuple[str, str | None]:
    with pytest.raises(OrchError) as caught:
        call()
    return caught.value.message, caught.value.next_command


def test_a_run_that_passed_can_only_be_read() -> None:
    passed = transitions.complete_run(finish(start(finish(start(new_run())), "G2"), "G2"), None, (), LATER)
    values = {"run": passed.run_id, "status": RunStatus.PASSED}
    show = f"orch run show --run {passed.run_id}"
    assert refusal(lambda: start(passed)) == (message("run-passed", **values), show)
    assert refusal(lambda: transitions.resume_run(passed, LATER)) == (message("nothing-to-resume", **values), show)


def test_a_packet_for_an_attempt_that_is_closed_is_refused() -> None:
    run = start(start(new_run()), abandon=True)
    told = message("attempt-closed-meanwhile", attempt=1, gate="G1")
    show = f"orch run show --run {run.run_id}"
    assert refusal(lambda: transitions.record_packet_hash(run, "G1", 1, "0" * 64)) == (told, show)


def test_a_record_is_written_once_and_only_over_what_was_read(shipped: Repository) -> None:
    store, run = Store(shipped.workspace), new_run()
    store.create(run)
    show = f"orch run show --run {run.run_id}"
    assert refusal(lambda: store.create(run)) == (message("run-exists", run=run.run_id), show)
    changed = message("changed-meanwhile", run=run.run_id)
    assert refusal(lambda: store.write_repair(run.run_id, b"", b"", {})) == (
        changed,
        f"orch run repair --run {run.run_id}",
    )


HERE = ("run-passed", "nothing-to-resume", "attempt-closed-meanwhile", "run-exists", "changed-meanwhile")
ELSEWHERE = {
    "tests/acceptance/test_verify_replay.py": ("replay-required", "cannot-be-exported"),
    "tests/acceptance/test_ci.py": ("base-not-in-clone", "newer-run", "record-not-read"),
    "tests/acceptance/test_no_verdict.py": (
        "no-verdict", "process-ended", "process-broke", "no-message", "too-long", "no-report", "pytest-exit-code",
        "other-exit-code", "evaluations", "never-ran", "other-outcome", "interrupted", "bug", "cannot-be-loaded",
    ),
    "tests/support/terminal.py": ("unchanged",),
    "tests/acceptance/test_workers.py": (
        "worker-died", "other-collection", "other-content", "other-version", "other-directory", "other-contract",
        "workers-broke", "worker-without-orch", "no-xdist",
    ),
    "tests/acceptance/test_what_is_recorded.py": (
        "context-changed", "context-changed-note", "changed-while-judged",
    ),
    "tests/acceptance/test_driver.py": (
        "nothing-changed", "rules-changed", "context-changed-meanwhile", "stale-gate", "recorded-elsewhere",
        "recorded-otherwise", "completed-elsewhere", "passed-otherwise",
    ),
    "tests/runner/agents/commands/test_agents_file.py": (
        "no-program-here", "shell-operator-here", "shell-assignment-here", "cannot-be-split-here",
        "names-no-program-here", "same-agent-twice",
    ),
    "tests/acceptance/test_agents_of_gates.py": ("may-not-write", "same-command", "no-such-agent"),
    "tests/runner/doctor/test_agents.py": ("agents-file-tracked", "agents-file-not-ignored"),
    "tests/acceptance/test_agent_command.py": ("agent-at-work", "agent-timed-out", "invocation-not-recorded"),
    "tests/acceptance/test_notify.py": ("notify-failed", "told-end", "told-failure"),
    "tests/acceptance/test_status_waiting.py": ("nothing-waits",),
    "tests/acceptance/test_killed.py": ("agent-living",),
    "tests/acceptance/test_left_processes.py": ("left-running", "more-left-running"),
    "tests/acceptance/test_doctor.py": (
        "cwd-removed", "doctor-fine", "doctor-summary", "no-lock", "locks-held", "no-lock-held",
    ),
    "tests/runner/doctor/test_repository.py": ("unused-contracts",),
    "tests/acceptance/test_lock_timeout.py": ("waiting",),
    "tests/acceptance/test_naming_runs.py": ("run-number",),
    "tests/acceptance/test_printing.py": ("broken-pipe", "unnameable"),
    "tests/acceptance/test_stop_hook.py": (
        "other-event", "passes-now", "contract-changed-hook", "gate-has-not-passed", "more-failed",
    ),
    "tests/acceptance/test_hook_situations.py": ("named-root", "gate-failed", "gate-failed-message"),
    "tests/acceptance/test_hook_install.py": (
        "settings-read-only", "settings-symlink", "settings-no-file", "settings-not-written", "dry-run",
        "copilot-runs-twice", "codex-runs-twice",
    ),
    "tests/runner/agents/hooks/test_guard.py": (
        "guarded-contract", "guarded-record", "guarded-directory", "guarded-decision",
    ),
    "tests/acceptance/test_contract_commands.py": (
        "explained-gate", "may-fail", "or-else", "optional-outputs", "one-output-of", "expected-outputs",
    ),
    "tests/acceptance/test_contract_lint.py": ("accepted-without-reason", "no-such-warning", "not-topics"),
    "tests/acceptance/test_run_resume.py": (
        "failed-by-hand", "prompt-file-lost", "artifacts-gone", "artifacts-missing",
    ),
    "tests/acceptance/test_related_runs.py": ("related-run", "related-runs"),
    "tests/acceptance/test_watch.py": ("stopped-watching",),
    "tests/acceptance/test_memory.py": ("markdown-too-large", "too-much-memory"),
    "tests/gate_tests/checks/types/test_regex_rules.py": ("regex-too-much-memory",),
    "tests/gate_tests/checks/custom/test_custom.py": (
        "unknown-check-type", "custom-type", "custom-type-replaces", "custom-type-twice", "custom-type-no-name",
        "custom-not-loaded", "custom-no-check", "custom-signature", "custom-undeclared", "custom-common-key",
        "custom-means-nothing", "unknown-keyword", "unknown-type", "unknown-ref", "fragment-no-object",
        "keyword-cannot-be", "if-without-then", "required-no-tuple", "not-one-line", "no-mapping",
    ),
    "tests/acceptance/test_harmless_output.py": ("no-name-in-this-locale", "names-not-counted"),
    "tests/gate_tests/files/test_hashing.py": ("hash-timeout",),
    "tests/gate_tests/isolated_pytest/test_protocol.py": ("process-silent",),
    "tests/gate_tests/isolated_pytest/test_verdict.py": ("other-count",),
    "tests/gate_tests/programs/test_execute.py": (
        "program-too-long", "program-printed-too-much", "program-cannot-be-run", "program-ended-by",
    ),
    "tests/gate_tests/pytest_session/xdist/test_scheduler.py": ("run-again", "taken-away"),
    "tests/gate_tests/pytest_session/test_command_line.py": ("which-run", "which-gate-run"),
    "tests/gate_tests/pytest_session/test_broken_session.py": ("failed-checks", "session-broken"),
    "tests/gate_tests/pytest_session/test_selection.py": ("not-selected",),
    "tests/gate_tests/pytest_session/test_user_session.py": (
        "partial", "not-compiled", "no-check-at-paths", "did-not-run", "deselected", "no-own-outcome", "reported-as",
        "all-checks", "not-asked-for",
    ),
    "tests/runner/contracts/mutation/test_mutate.py": (
        "fails-good-artifacts", "would-run-program", "mutated-gate", "survived", "not-every-check",
        "nothing-to-mutate", "no-good-artifact", "mutation-too-long",
    ),
    "tests/runner/contracts/mutation/test_outputs.py": (
        "survives-emptying", "needlessly-accepted", "work-can-be-emptied", "every-check-can-fail",
    ),
    "tests/runner/pipeline/test_failure_section.py": (
        "what-failed", "how-to-fix", "more-checks-failed", "last-lines", "last-line", "no-output-here",
        "printed-nothing",
    ),
    "tests/runner/pipeline/test_prompt_packet.py": ("topic-is-quoted",),
    "tests/runner/storage/test_user_file.py": ("file-changed-meanwhile",),
    "tests/acceptance/test_git.py": ("no-git-answer",),
    "tests/acceptance/test_init.py": ("commit-orchestration", "init-below-root"),
    "tests/acceptance/test_roots.py": (
        "package-beside", "other-work-tree", "nothing-to-lint", "nothing-to-check", "roots-beside", "init-beside-roots",
        "hooks-below-top",
    ),
    "tests/acceptance/test_committed_records.py": ("record-ignored", "run-without-record"),
    "tests/gate_tests/workspace/test_find_root.py": (
        "roots-below", "records-without-root", "nested-root", "root-above-tree", "bare-without-root",
    ),
    "tests/runner/git/test_query.py": (
        "git-not-found", "git-too-slow", "git-too-old", "git-bare", "git-unusable", "git-file-broken",
        "git-file-too-large", "git-printed-too-much", "git-file-leads-nowhere", "git-no-temporary-directory",
    ),
    "tests/runner/operations/test_attempts.py": ("left-out-of-baseline",),
    "tests/runner/operations/test_run_status.py": (
        "output-changed", "output-missing", "output-not-compared", "contract-changed-since",
    ),
    "tests/acceptance/test_ways_out.py": ("which-run-none",),
    "tests/acceptance/test_record_hooks.py": (
        "not-staged", "not-staged-ignored", "nothing-touched", "no-such-file", "outside-the-repository",
        "touched-needs-staged", "touched-excludes", "rule-not-staged", "nothing-linted",
    ),
    "tests/runner/repair/test_plan.py": ("rows-lost", "open-attempt-lost"),
    "tests/runner/storage/test_file_lock.py": ("no-locks-here",),
    "tests/runner/storage/test_store.py": ("not-in-place",),
    "tests/acceptance/test_programs.py": ("output-not-kept",),
    "tests/acceptance/hosts/test_host_packages.py": ("host-package-imported",),
    "tests/acceptance/hosts/test_locale.py": ("text-not-in-this-locale",),
    "tests/acceptance/hosts/test_packaging.py": ("two-packages", "installs-orchestration", "find-rule-finds"),
    "tests/runner/doctor/test_installation.py": ("same-package", "files-replaced", "user-site"),
    "tests/runner/storage/test_refusing_disk.py": ("could-not-be-written", "half-written", "taken-over"),
}  # fmt: skip
"""Messages for which a program, a disk or a session of pytest has to be broken, by the module that does that."""


def test_every_message_of_the_table_is_produced_somewhere() -> None:
    elsewhere = [name for names in ELSEWHERE.values() for name in names]
    assert sorted([*CASES, *HERE, *elsewhere]) == sorted(MESSAGES)
    for module, names in ELSEWHERE.items():
        source = (CHECKOUT / module).read_text("utf-8")
        assert [name for name in names if f'"{name}"' not in source and f"'{name}'" not in source] == []
