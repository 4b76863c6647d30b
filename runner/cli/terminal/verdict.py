"""Formats the verdict on a judged gate for people. pytest's lines have shown already which checks failed, and why."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from gate_tests.checks.missing import describe_dependents, fold_missing
from gate_tests.plurals import format_count
from gate_tests.sanitize import sanitize_line
from runner.cli.terminal.render import format_ignored_record, style_status
from runner.cli.terminal.verbosity import Verbosity
from runner.models.status import GateStatus

if TYPE_CHECKING:
    from gate_tests.compiler.gate import CompiledGate
    from runner.cli.terminal.printer import Printer
    from runner.operations.judged_gate import JudgedGate
    from runner.operations.programs import Log

_MAX_NAMED: Final = 3
"""How many empty outputs are named."""
_MAX_REASON: Final = 2000  # characters; a recorded reason is no longer


def print_verdicts(printer: "Printer", verdicts: Mapping[str, Sequence[str]]) -> None:
    """Prints by gate what `format_finished_gate` or `format_checked_gate` gave: all details, then the verdicts."""
    for gate, lines in verdicts.items():
        if len(verdicts) > 1 and len(lines) > 1:
            printer.print_line(f"{gate}:")
        for line in lines[:-1]:
            printer.print_wrapped(line)
    for lines in verdicts.values():
        printer.print_wrapped(lines[-1])


def format_finished_gate(judged: "JudgedGate", record: str, verbosity: Verbosity = Verbosity.NORMAL) -> Iterator[str]:
    """The output of `orch gate finish` after pytest's; the last line is the verdict. `record` is the attempt's path."""
    yield from _format_details(judged, verbosity)
    if verbosity is Verbosity.VERBOSE:
        yield f"  record  {record}"
    if judged.git_problem:
        yield f"  warned  git did not answer: {judged.git_problem}; the record names no commit"
    if judged.git and judged.git.record_ignored_by:
        yield f"  warned  {format_ignored_record(judged.git.record_ignored_by)}"
    notes = [*_list_weak_outputs(judged), *(["nothing changed in this attempt"] if judged.changed_nothing else [])]
    if notes and verbosity > Verbosity.QUIET:
        yield f"  note    {'; '.join(notes)}"
    yield _format_verdict(judged, f", attempt {judged.gate.attempts[-1].number}")


def format_checked_gate(judged: "JudgedGate", verbosity: Verbosity = Verbosity.NORMAL) -> Iterator[str]:
    """The output of `orch gate check` after pytest's; the last line is the verdict."""
    yield from _format_details(judged, verbosity)
    if verbosity > Verbosity.QUIET:
        yield from _format_notes(judged)
    yield _format_verdict(judged, ", not recorded")


def _format_verdict(judged: "JudgedGate", about: str) -> str:
    depth = judged.run.depth  # thresholds depend on it
    verdict = f"{style_status(judged.status)}  {judged.gate.gate} {judged.gate.name}{about} (depth {depth})"
    results = judged.verdict.validations
    failed = sum(result.has_failed for result in results)
    return f"{verdict}: {failed:,} of {format_count(len(results), 'check')} failed" if failed else verdict


def _format_details(judged: "JudgedGate", verbosity: Verbosity) -> Iterator[str]:
    yield from _format_scripts(judged)
    yield from _format_results(judged, with_failures=verbosity is Verbosity.QUIET)
    for log in (*(script.log for script in judged.scripts), *judged.logs.values()):
        if log and log.problem:
            yield f"  warned  the output of a program was not kept: {log.problem}"
    if verbosity is Verbosity.VERBOSE:
        for artifact in judged.artifacts:
            yield f"  sha256  {artifact.sha256}  {artifact.resolved_path}"
    for path in judged.ignored:
        yield f"  warned  git ignores {path}: a commit will have its hash, but not the file"


def _format_scripts(judged: "JudgedGate") -> Iterator[str]:
    for script in judged.scripts:
        if not script.ran.succeeded:
            yield f"  {'failed' if script.fails_gate else 'warned'}  {script.reason}"
            yield from _format_log(script.log)


def _format_results(judged: "JudgedGate", *, with_failures: bool) -> Iterator[str]:
    """Each warning; each failure too where pytest's lines do not have it; the output of programs that failed."""
    results = {result.id: result for result in judged.verdict.validations}
    for check_id, dependents in fold_missing(results).items():
        result = results[check_id]
        if with_failures or result.has_warned:
            reason = sanitize_line(str(result.reason), _MAX_REASON)
            yield f"  {result.status}  {reason}{describe_dependents(dependents)}"
        yield from _format_log(judged.logs.get(check_id))


def _format_log(log: "Log | None") -> Iterator[str]:
    """The path of the output of a program that failed, and its last lines."""
    if log:
        if log.path:
            yield f"  output  {log.path}"
        for line in log.last_lines:
            yield f"        | {line}"


def _format_notes(judged: "JudgedGate") -> Iterator[str]:
    notes = list(_list_weak_outputs(judged))
    if judged.gate.open_attempt and judged.changed_nothing:
        notes.append("nothing changed in this attempt")
    if judged.compiled.scripts:
        notes.append("its pre_scripts were not run (gate finish runs them)")
    if judged.gate.open_attempt and not judged.passed:
        notes.append("finish would record this FAIL: fix what failed first")
    if notes:
        yield f"  note    {'; '.join(notes)}"
    number = len(judged.gate.attempts)
    if changes := ", ".join(judged.context_changes):
        yield f"  warned  the record changed after attempt {number} started: {changes}; gate finish refuses that"
    for change in judged.rule_changes:
        yield (
            f"  warned  {change.path} changed after attempt {number} started; a person decides whether to accept that"
        )


def _list_weak_outputs(judged: "JudgedGate") -> Iterator[str]:
    """What a PASS does not show: outputs that are only required to exist, or that are empty."""
    if judged.status is not GateStatus.PASS:
        return
    existing = {output.template for output in judged.verdict.outputs}
    declared = [output.template for output in judged.compiled.outputs if output.template in existing]
    unread = _find_unread_outputs(judged.compiled)
    if count := sum(template in unread for template in declared):
        yield f"{count:,} of {format_count(len(declared), 'output')} checked for existence only"
    if empty := [output.path for output in judged.verdict.outputs if not output.size_bytes]:
        more = f" and {len(empty) - _MAX_NAMED:,} more" if len(empty) > _MAX_NAMED else ""
        yield f"empty: {', '.join(empty[:_MAX_NAMED])}{more}"


def _find_unread_outputs(compiled: "CompiledGate") -> set[str]:
    """The templates of the outputs whose content no check depends on; none where a program might check it."""
    from gate_tests.checks.check_type import Evidence
    from gate_tests.files.glob import matches_glob

    if compiled.commands or compiled.scripts:
        return set()
    checks = [check for check in compiled.checks if check.type.evidence is not Evidence.EXISTENCE]
    paths = {path for check in checks for path in check.reads}
    globs = {glob for check in checks for glob in (check.target.file.pattern, *check.rule.other_globs) if glob}
    return {
        output.template
        for output in compiled.outputs
        if output.path not in paths
        and not (output.file.pattern and any(map(output.file.matches, paths)))
        and not any(output.path == glob or matches_glob(glob, output.path) for glob in globs)
    }
