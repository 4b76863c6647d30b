"""The stop hook: keeps an agent from stopping while the checks of its gate fail. Nothing is recorded."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from gate_tests.plurals import format_count
from gate_tests.sanitize import strip_controls
from runner import suggestions
from runner.agents.hooks.attempt_choice import ChosenAttempt
from runner.agents.hooks.decision import Decision, compose_list
from runner.agents.hooks.stop_event import StopEvent

if TYPE_CHECKING:
    from runner.operations.judged_gate import JudgedGate
    from runner.storage.store import Store

_MAX_OUTPUT_BYTES: Final = 3500
"""Of the last lines of all failed programs in an answer, in UTF-8; other failed checks need room too."""


class StopHook(NamedTuple):
    """Answers to one stop of an agent.

    `began_ms`: when the hook was called. `format_command` adapts a command to the current directory. `preface`: what
    the agent has to know about the root, if anything.
    """

    store: "Store"
    event: StopEvent
    began_ms: int
    max_blocks: int
    max_answer_bytes: int
    format_command: Callable[[str], str]
    preface: str | None = None

    def answer_verdict(self, chosen: ChosenAttempt, judged: "JudgedGate") -> Decision:
        """A FAIL sends the agent back, at most `max_blocks` times per attempt and agent.

        Raises NotWritten, Refused where that cannot be counted.
        """
        if judged.passed:
            next_command = self.format_command(_choose_next_command(self.store, chosen, judged))
            return Decision(message=f"orch: {chosen.title} passes{_notes(judged)}.\nNext: {next_command}")
        if judged.context_changes:  # what the agent fixes cannot be finished: a person is awaited
            show = self.format_command(suggestions.show_run(chosen.run.run_id))
            return Decision(message=f"orch: {chosen.title} fails{_notes(judged)}.\nNext: {show}")
        check = self.format_command(f"orch gate check {chosen.options}")
        if not self._count_block(chosen):
            return self._let_go(chosen, "still fails", check)
        results = judged.verdict.validations
        failed = sum(result.has_failed for result in results)
        head = f"{chosen.title} has not passed: {failed:,} of {format_count(len(results), 'check')} failed.\n\n"
        tail = f"\n\nFix this, then stop again. To check the gate at any time:\n\n    {check}\n"
        return self._send_back(head, _list_failed_checks(self.store, judged), tail)

    def answer_failed_attempt(self, chosen: ChosenAttempt) -> Decision:
        """After `gate finish` recorded a FAIL: the agent starts the next attempt, unless only a person can go on."""
        from runner.workflows.gate_command import GateCommands

        commands = GateCommands(self.store.workspace, chosen.run)
        agent = commands.choose_agent(chosen.gate)
        outcome = f"failed in attempt {chosen.attempt.number}"
        if first := commands.find_alternative(chosen.gate, agent):
            return Decision(message=f"orch: {chosen.title} {outcome}.\nNext: {self.format_command(first)}")
        start = self.format_command(suggestions.start_gate(chosen.run.run_id, chosen.gate.gate, agent))
        if not self._count_block(chosen):
            return self._let_go(chosen, outcome, start)
        head = f"{chosen.title} {outcome}, which is recorded, and no other attempt is open.\n\n"
        tail = f"\n\nStart the next attempt, fix this, then stop again:\n\n    {start}\n"
        return self._send_back(head, _list_recorded_failures(self.store, chosen), tail)

    def _count_block(self, chosen: ChosenAttempt) -> bool:
        from runner.agents.hooks.block_count import count_block

        attempt = f"{chosen.gate.gate}-{chosen.attempt.number}"
        return count_block(self.store, chosen.run.run_id, attempt, self.event, self.max_blocks, self.began_ms)

    def _let_go(self, chosen: ChosenAttempt, outcome: str, next_command: str) -> Decision:
        return Decision(
            message=f"orch: {chosen.title} {outcome}. The agent was blocked {format_count(self.max_blocks, 'time')} in"
            f" attempt {chosen.attempt.number} and may stop now.\nNext: {next_command}"
        )

    def _send_back(self, head: str, failures: Sequence[str], tail: str) -> Decision:
        head = f"{self.preface}\n\n{head}" if self.preface else head
        return Decision(reason=compose_list(head, [*map(strip_controls, failures)], tail, self.max_answer_bytes))


def let_other_work_tree_stop(chosen: ChosenAttempt, directory: Path, root: Path) -> Decision:
    """The answer to an agent in another checkout than that with the gate, which is not about its work."""
    state = "is open" if chosen.attempt.is_open else "failed"
    return Decision(
        message=f"orch: {chosen.title} {state} in {root}, but the agent works in another git work tree, {directory};"
        " the gate was not judged"
    )


def refuse_named_root(directory: Path, root: Path) -> Decision:
    """The answer where -C names another work tree than the agent's: to judge either may be wrong."""
    return Decision(
        message=f"orch: -C names {root}, but the agent works in another git work tree, {directory}; no gate was judged."
        " Remove -C where the hook is configured: without it the agent's directory decides"
    )


def _list_failed_checks(store: "Store", judged: "JudgedGate") -> list[str]:
    from runner.pipeline.failure_section import format_failed_checks
    from runner.pipeline.program_output import OutputReader

    results = judged.verdict.validations
    logs = {check_id: log.path for check_id, log in judged.logs.items() if log.path}
    count = sum(each.has_failed for each in results if each.id in logs)
    reader = OutputReader(store.workspace, _MAX_OUTPUT_BYTES).share(count)
    return [*format_failed_checks(results, reader, logs)]


def _list_recorded_failures(store: "Store", chosen: ChosenAttempt) -> list[str]:
    from runner.pipeline.failure_section import list_failures
    from runner.pipeline.program_output import OutputReader

    attempt = chosen.attempt
    logs = f"{store.workspace.run_path(chosen.run.run_id)}/logs/gates/{chosen.gate.gate}/attempt-{attempt.number}"
    count = sum(each.type == "command" for each in attempt.failed_checks)
    count += sum(not script.get("pass", True) for script in attempt.pre_scripts)
    return list_failures(attempt, OutputReader(store.workspace, _MAX_OUTPUT_BYTES).share(count), logs)


def _choose_next_command(store: "Store", chosen: ChosenAttempt, judged: "JudgedGate") -> str:
    """The command to finish the gate; where the run or its rules changed, to look at that: no agent may accept it."""
    if judged.context_changes:
        return suggestions.show_run(chosen.run.run_id)
    if judged.rule_changes:
        from runner.git.review import suggest_review

        return suggest_review(store.workspace.root, judged.rule_changes[0].path)
    return suggestions.finish_gates(chosen.run.run_id, chosen.gate.gate)


def _notes(judged: "JudgedGate") -> str:
    """What else `gate finish` will do or need."""
    scripts = "; the pre_scripts of its contract were not run" if judged.compiled.scripts else ""
    if changes := ", ".join(judged.context_changes):
        return f"{scripts}; the record changed after the attempt started: {changes}; it cannot be finished"
    if not judged.rule_changes:
        return scripts
    paths = " and ".join(change.path for change in judged.rule_changes)
    return f"{scripts}; {paths} changed after the attempt started, and a person decides whether to accept that"
