"""Compares the present state with the base: records, rules, and which runs are to be verified."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gate_tests.errors import Exit
from gate_tests.plurals import format_count
from gate_tests.workspace.layout import Workspace
from runner.git.object_reader import ObjectReader
from runner.git.verification import open_for_verification
from runner.verification.changes.allowances import refuse_unknown
from runner.verification.changes.change_set import ChangeSet, read_change_set
from runner.verification.changes.present_state import PresentState, read_present_state
from runner.verification.changes.report import ChangeReport

if TYPE_CHECKING:  # where nothing has changed, none of these is imported
    from runner.verification.changes.changed_records import ChangedRecords
    from runner.verification.report import RunReport
    from runner.verification.sources import Source

_MAX_LISTED = 3


class ChangeVerification(NamedTuple):
    """What a change does, and the verification of the runs that it touches. `name`: of the state, empty: work tree.

    `changed_records`: the runs of which it adds or changes a file of the record. `work`: the paths of the changed files
    other than records and rules.
    """

    changes: ChangeReport
    runs: "tuple[RunReport, ...]" = ()
    name: str = ""
    changed_records: tuple[str, ...] = ()
    work: frozenset[str] = frozenset()

    @property
    def unexplained_runs(self) -> "list[RunReport]":
        """The runs, without those whose record is damaged by an edit that is reported as a difference."""
        edited = self.changes.edited_runs
        return [each for each in self.runs if not (_is_damaged(each) and each.run_id in edited)]


def _is_damaged(report: "RunReport") -> bool:
    return report.error is not None and report.error.exit_code is Exit.DAMAGED


def verify_change(
    workspace: Workspace,
    base: str,
    revision: str | None,
    *,
    staged: bool,
    allowances: Sequence[str] = (),
    start: Path | None = None,
) -> ChangeVerification:
    """Compares the commit `revision`, the index, or the work tree with `base`, and verifies the runs it touches.

    `start`: the directory from which the root was found, None where it was named.

    Raises Refused where git cannot be asked, or an allowance names what does not exist; OSError.
    """
    with ExitStack() as stack:
        git = stack.enter_context(open_for_verification(workspace.root))
        reader = stack.enter_context(ObjectReader(git))
        state = read_present_state(git, reader, workspace, revision, staged=staged)
        changes = read_change_set(git, reader, base, state)
        if start and start != Path(git.top):  # at the top, no other root can be meant
            from runner.verification.changes.base_root import refuse_other_root

            refuse_other_root(git, base, changes.base, start)
        if not changes.changes and not changes.only_in_base and not allowances:
            return ChangeVerification(ChangeReport(changes.base, changes.merge_base, notes=(*_note_base(changes),)))
        return _verify_changes(stack, state, changes, allowances)


def _verify_changes(
    stack: ExitStack, state: PresentState, changes: ChangeSet, allowances: Sequence[str]
) -> ChangeVerification:
    """Reports no change of a rule for the runs: it is a change since the base, or was one there."""
    from runner.verification.changes.changed_records import find_changed_records
    from runner.verification.changes.touched_runs import has_recorded, list_mentioning_runs, list_work

    records = find_changed_records(changes, state.runs)
    work = list_work(changes)
    mentioning = frozenset(list_mentioning_runs(state, work)) - set(records.run_ids)
    source = state.open_source(stack, mentioning.union(records.run_ids))
    report = _compare(source, changes, records).allow(allowances)
    _refuse_unknown(source.store.workspace, allowances, report, state.runs)
    touched = (*records.run_ids, *(each for each in mentioning if has_recorded(source.store, each, work)))
    runs = list(_verify(source, touched))
    if any(each.has_differences for each in runs):  # other runs may have recorded the present bytes
        runs = list(_verify(state.open_source(stack, None), touched))
    return ChangeVerification(report, tuple(runs), source.name, records.run_ids, frozenset(work))


def _verify(source: "Source", run_ids: Sequence[str]) -> "Iterator[RunReport]":
    if run_ids:
        from runner.verification.verify import Verifier

        for report in Verifier(source).verify_all(sorted(run_ids, reverse=True)):
            yield report._replace(rules=())


def _compare(source: "Source", changes: ChangeSet, records: "ChangedRecords") -> ChangeReport:
    from runner.verification.changes.changed_rules import find_changed_rules
    from runner.verification.changes.other_versions import find_other_versions
    from runner.verification.changes.rule_files import find_changed_rule_files

    workspace = source.store.workspace
    return ChangeReport(
        base=changes.base,
        merge_base=changes.merge_base,
        records=records.differences,
        rules=(
            *find_changed_rules(workspace, changes),
            *find_changed_rule_files(workspace, changes),
            *find_other_versions(source.store, changes, records.run_ids),
        ),
        notes=(*_note_base(changes), *_list_notes(records.only_in_base)),
        warnings=records.warnings,
    )


def _refuse_unknown(
    workspace: Workspace, allowances: Sequence[str], report: ChangeReport, run_ids: Iterable[str]
) -> None:
    if allowances:
        refuse_unknown(allowances, report, (*workspace.gates_with_contract(), *workspace.workflows()), run_ids)


def _note_base(changes: ChangeSet) -> Iterator[str]:
    if changes.merge_base is None:
        yield "this shallow clone lacks the commit where the branch began; what only the base changed counts, too"
    elif changes.is_behind:
        yield "the base has all commits of the branch: what it has changed since then is not compared"


def _list_notes(only_in_base: Sequence[str]) -> Iterator[str]:
    if only_in_base:
        listed = ", ".join(only_in_base[:_MAX_LISTED])
        more = ", …" if len(only_in_base) > _MAX_LISTED else ""
        yield f"the base has {format_count(len(only_in_base), 'run')} that the branch does not have yet: {listed}{more}"
