"""Compares the present state with the base: records, rules, and which runs are to be verified."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import NamedTuple

from gate_tests.plurals import format_count
from runner.storage.store import Store
from runner.verification.changes.allowances import refuse_unknown
from runner.verification.changes.change_set import ChangeSet, read_change_set
from runner.verification.changes.changed_records import ChangedRecords, find_changed_records
from runner.verification.changes.changed_rules import find_changed_rules
from runner.verification.changes.other_versions import find_other_versions
from runner.verification.changes.present_state import read_present_state
from runner.verification.changes.report import ChangeReport
from runner.verification.changes.rule_files import find_changed_rule_files
from runner.verification.changes.touched_runs import has_recorded, list_mentioning_runs
from runner.verification.report import RunReport
from runner.verification.sources import History, Source
from runner.verification.verify import Verifier

_MAX_LISTED = 3


class ChangeVerification(NamedTuple):
    """What a change does, and the verification of the runs that it touches. `name`: of the state, empty: work tree."""

    changes: ChangeReport
    runs: tuple[RunReport, ...]
    name: str


def verify_change(
    store: Store, base: str, revision: str | None, *, staged: bool, allowances: Sequence[str] = ()
) -> ChangeVerification:
    """Compares the commit `revision`, the index, or the work tree with `base`, and verifies the runs it touches.

    Of these no change of a rule is reported: it is a change since the base, or was one there.

    Raises Refused where git cannot be asked, or an allowance names what does not exist; OSError.
    """
    with ExitStack() as stack:
        history = History(store.workspace.root, stack)
        state = read_present_state(history, store, revision, staged=staged)
        changes = read_change_set(history.git, history.reader, base, state, state.read_file)
        records = find_changed_records(changes, state.runs)
        mentioning = frozenset(list_mentioning_runs(state, changes)) - set(records.run_ids)
        source = state.open_source(stack, mentioning.union(records.run_ids))
        report = _compare(source, changes, records).allow(allowances)
        workspace = source.store.workspace
        refuse_unknown(allowances, report, (*workspace.gates_with_contract(), *workspace.workflows()), state.runs)
        touched = (*records.run_ids, *(each for each in mentioning if has_recorded(source.store, each, changes)))
        runs = list(_verify(source, touched))
        if any(each.has_differences for each in runs):  # other runs may have recorded the present bytes
            runs = list(_verify(state.open_source(stack, None), touched))
        return ChangeVerification(report, tuple(runs), source.name)


def _verify(source: Source, run_ids: Sequence[str]) -> Iterator[RunReport]:
    for report in Verifier(source).verify_all(sorted(run_ids, reverse=True)):
        yield report._replace(rules=())


def _compare(source: Source, changes: ChangeSet, records: ChangedRecords) -> ChangeReport:
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
        notes=tuple(_list_notes(changes, records)),
        warnings=records.warnings,
    )


def _list_notes(changes: ChangeSet, records: ChangedRecords) -> Iterator[str]:
    if changes.merge_base is None:
        yield "this shallow clone lacks the commit where the branch began; what only the base changed counts, too"
    if records.only_in_base:
        listed = ", ".join(records.only_in_base[:_MAX_LISTED])
        more = ", …" if len(records.only_in_base) > _MAX_LISTED else ""
        count = format_count(len(records.only_in_base), "run")
        yield f"the base has {count} that the branch does not have yet: {listed}{more}"
