"""The differences that a reviewer accepts, typed as `--allow KIND:NAME`."""

from collections.abc import Iterable
from typing import Final

from gate_tests.errors import Refused, suggest
from runner.verification.changes.report import ChangeReport

_KINDS: Final = ("loosened", "edited", "deleted")
ALLOW_FORMS: Final = "loosened:GATE, loosened:WORKFLOW, edited:RUN or deleted:RUN"


def parse_allowances(values: Iterable[str]) -> tuple[str, ...]:
    """The values, each once. Raises Refused for one of another form."""
    return tuple(dict.fromkeys(map(_parse, values)))


def _parse(value: str) -> str:
    from gate_tests.workspace.names import check_gate_id, check_run_id
    from runner.workflows.definition import is_workflow_name

    kind, colon, name = value.partition(":")
    if not colon or not name:
        raise Refused(f"--allow {value!r}: expected {ALLOW_FORMS}")
    if kind not in _KINDS:
        raise Refused(f"--allow {value!r}: unknown kind {kind!r}{suggest(kind, _KINDS)}")
    if kind != "loosened":
        return f"{kind}:{check_run_id(name)}"
    return f"{kind}:{name if is_workflow_name(name) else check_gate_id(name)}"


def refuse_unknown(
    allowances: Iterable[str], report: ChangeReport, rules: Iterable[str], run_ids: Iterable[str]
) -> None:
    """Raises Refused for a gate, workflow or run that neither exists nor has a difference: it is misspelt."""
    known_rules = {*rules, *(each.name for each in report.rules)}
    known_runs = {*run_ids, *(each.run_id for each in report.records)}
    for value in allowances:
        kind, _, name = value.partition(":")
        known = known_rules if kind == "loosened" else known_runs
        if name not in known:
            what = "gate or workflow" if kind == "loosened" else "run"
            raise Refused(f"--allow {value!r}: unknown {what} {name!r}{suggest(name, sorted(known))}")
