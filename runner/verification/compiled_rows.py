"""What a contract compiles to: what of an attempt that passed it alone decides."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any, Final, NamedTuple

from gate_tests.contract import Contract
from gate_tests.errors import InvalidFile, Refused
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import Depth
from gate_tests.workspace.run_context import RunContext
from runner.models.context import AttemptContext

_KEYS: Final = ("id", "type", "path", "severity", "description")
"""The members of a row that do not depend on the files, nor on the values in the context."""


class CompiledRows(NamedTuple):
    """The members of each row that are known beforehand, in the order of the record, and `required_outputs`."""

    rows: list[tuple[str, str, str, str, str]]
    ids: list[str]
    required_outputs: tuple[str, ...]

    @classmethod
    def compile(cls, workspace: Workspace, contract: Contract, context: AttemptContext) -> "CompiledRows | None":
        """None if the contract does not compile here."""
        run_context = RunContext(
            context.run_id, context.slug, context.artifact_path, Depth(context.depth), variables=context.variables,
            gates=(contract.gate,),
        )  # fmt: skip
        from gate_tests.compiler.gate import compile_gate  # while another process hashes the first files

        # What skills and scripts name may be missing, and no row depends on it.
        checks_only = contract._replace(skills=(), pre_scripts=())
        try:
            compiled = compile_gate(workspace, checks_only, run_context)
        except (InvalidFile, Refused):
            return None
        rows = [
            (check.id, check.type.name, check.target.template, str(check.severity), check.description)
            for check in compiled.checks
        ]
        return cls(rows, [row[0] for row in rows], tuple(output.template for output in compiled.outputs))

    def find_difference(
        self, recorded: Sequence[Any], required_outputs: tuple[str, ...], *, is_exact: bool
    ) -> tuple[str, str | None]:
        """The member of the attempt that differs, and how; None if none does. Only ids unless `is_exact`."""
        if is_exact and required_outputs == self.required_outputs and self._are_equal(recorded):
            return "", None
        ids = [row.get("id") for row in recorded]
        if ids != self.ids:
            return "validations", _describe_difference(ids, self.ids)
        if not is_exact:
            return "", None
        if required_outputs != self.required_outputs:
            return "required_outputs", f"expected {', '.join(self.required_outputs) or 'none'}"
        for index, (row, expected) in enumerate(zip(recorded, self.rows, strict=True)):
            if tuple(map(row.get, _KEYS)) != expected:
                key, value = next(each for each in zip(_KEYS, expected, strict=True) if row.get(each[0]) != each[1])
                return f"validations[{index}].{key}", f"is {str(row.get(key))[:80]!r}, expected {value[:80]!r}"
        return "", None

    def _are_equal(self, recorded: Sequence[Any]) -> bool:
        """Whether all rows are as expected: at once, for there may be many."""
        try:
            return list(map(itemgetter(*_KEYS), recorded)) == self.rows
        except KeyError:
            return False


def _describe_difference(recorded: list[object], expected: list[str]) -> str:
    missing = [each for each in expected if each not in recorded]
    unknown = [each for each in recorded if each not in expected]
    return f"missing {missing[0]}" if missing else f"unexpected {unknown[0]}" if unknown else "other order"
