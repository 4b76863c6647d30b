"""The pytest nodes: a contract is a file, each of its checks an item."""

from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest

from gate_tests.compiler.check import Check
from gate_tests.errors import NoVerdict, OrchError
from gate_tests.pytest_session.evaluation import EvaluatedCheck, Evaluation
from gate_tests.pytest_session.function_attributes import FunctionAttributes
from gate_tests.sanitize import escape_text, flatten_line, sanitize_line
from gate_tests.typing_compat import override

_MAX_CHARACTERS: Final = 10_000
"""Of what was expected and of a description: more than a person reads."""

PROPERTY_NAMES: Final = ("gate", "check", "path", "outcome", "reason", "warning")
"""Of the user properties of a check's report."""


class CheckFailed(Exception):
    """A check has failed. Has what is shown instead of a traceback."""

    def __init__(self, evaluated: EvaluatedCheck) -> None:
        super().__init__(evaluated.result.reason)
        self.evaluated = evaluated


class ContractDirectory(pytest.Directory):
    """A directory that leads to contracts. Its other entries are not looked at, not even their names."""

    def __init__(self, *, evaluation: Evaluation, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.evaluation = evaluation

    @override
    def collect(self) -> Iterator["ContractDirectory | ContractFile"]:
        workspace, gates = self.evaluation.workspace, self.evaluation.gates
        contracts = {workspace.root / workspace.contract_path(gate): gate for gate in gates}
        for path in dict.fromkeys(_next_path(self.path, contract) for contract in contracts):
            if path in contracts:
                yield make_contract_file(self, path, contracts[path], self.evaluation)
            else:
                yield make_contract_directory(self, path, self.evaluation)


class ContractFile(pytest.Module):
    """The contract of one gate. To plugins it is a module, as a text file of doctests is; nothing is imported."""

    def __init__(self, *, gate: str, evaluation: Evaluation, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.gate = gate
        self.evaluation = evaluation
        # pytest reads a mark's keywords, as in -m "gate(id='G2')", from the mark itself.
        self.add_marker(pytest.mark.gate(id=gate))

    @override
    def collect(self) -> Iterator["GateCheck"]:
        # One item for each check, in compiled order. An invalid contract is one error without a traceback.
        try:
            compiled = self.evaluation.compiled(self.gate)
        except OrchError as error:
            raise self.CollectError(escape_text(error.message)) from None
        for check in compiled.checks:
            # The node id is given as a string: --lf, --sw and --deselect lose an item whose id pytest builds itself
            # from a name that contains `[` or `::` (pytest-dev/pytest#15045).
            nodeid = f"{self.nodeid}::{check.id}"
            yield GateCheck.from_parent(self, name=check.id, nodeid=nodeid, check=check)

    @override
    def _getobj(self) -> ModuleType:
        module = ModuleType(self.gate, f"The contract of gate {self.gate}.")
        module.__file__ = str(self.path)
        return module


class GateCheck(FunctionAttributes, pytest.Item):
    """One check of a gate. `evaluated` is None until it has run."""

    parent: ContractFile

    def __init__(self, *, check: Check, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.check = check
        self.evaluated: EvaluatedCheck | None = None

    def evaluate(self) -> EvaluatedCheck:
        """Evaluates the check."""
        return self.parent.evaluation.evaluate(self.parent.gate, self.check)

    @override
    def describe(self) -> str:
        return sanitize_line(self.check.description or self.check.rule.describe())

    @override
    def runtest(self) -> None:
        self.evaluated = self.evaluate()
        self.user_properties += self.build_properties(self.evaluated)
        if self.evaluated.result.has_failed:
            raise CheckFailed(self.evaluated)

    @override
    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        # A traceback only if our own code crashed.
        if isinstance(excinfo.value, CheckFailed):
            evaluated = excinfo.value.evaluated
            return self._repr_line(excinfo, evaluated) if self._is_tb_line() else self.explain_failure(evaluated)
        if isinstance(excinfo.value, NoVerdict):
            return f"no verdict: {excinfo.value.message}"
        return super().repr_failure(excinfo, style)

    @override
    def reportinfo(self) -> tuple["PathLike[str] | str", int, str]:
        return self.path, self.check.line - 1, self.name  # pytest counts lines from 0

    @property
    @override
    def location(self) -> tuple[str, int, str]:
        # pytest's own would look for the path of each check anew.
        return self.parent.nodeid, self.check.line - 1, self.name

    def _is_tb_line(self) -> bool:
        return bool(self.config.getoption("tbstyle", None) == "line")

    def _repr_line(self, excinfo: pytest.ExceptionInfo[BaseException], evaluated: EvaluatedCheck) -> object:
        """What --tb=line shows. It needs the place of an exception; a text would be shown twice."""
        failure = excinfo.getrepr(style="line")
        failure.reprtraceback.reprentries = []
        if failure.reprcrash is not None:
            contract = self.parent.evaluation.compiled(self.parent.gate).contract
            failure.reprcrash.path, failure.reprcrash.lineno = contract.document.path, evaluated.check.line
            failure.reprcrash.message = evaluated.result.reason or ""
        return failure

    def explain_failure(self, evaluated: EvaluatedCheck) -> str:
        """What was expected, what was found, why and where, on a line each; pytest prints it as it is."""
        check, contract = evaluated.check, self.parent.evaluation.compiled(self.parent.gate).contract
        first, *others = evaluated.outcome.lines or (evaluated.outcome.found,)
        lines = [
            f"{check.type.name}: {check.target.path}",
            f"  expected  {sanitize_line(check.rule.describe(), _MAX_CHARACTERS)}",
            f"  found     {first}",
            *(f"            {line}" for line in others),
            f"  contract  {contract.document.path}:{check.line}",
        ]
        if check.description:
            lines.insert(-1, f"  because   {sanitize_line(check.description, _MAX_CHARACTERS)}")
        return escape_text("\n".join(map(flatten_line, lines)))

    def build_properties(self, evaluated: EvaluatedCheck) -> list[tuple[str, object]]:
        """The user properties of the check's report. Plain strings: execnet serializes no enum."""
        result = evaluated.result
        properties: list[tuple[str, object]] = [
            ("gate", self.parent.gate),
            ("check", self.check.type.name),
            ("path", evaluated.check.target.path),
            ("outcome", str(result.status)),
        ]
        if result.reason is not None:
            properties.append(("warning" if result.has_warned else "reason", result.reason))
        return properties


def make_contract_directory(parent: pytest.Collector, path: Path, evaluation: Evaluation) -> ContractDirectory:
    """The node of a directory that leads to the contracts of the evaluation."""
    node: ContractDirectory = ContractDirectory.from_parent(parent, path=path, evaluation=evaluation)
    return node


def make_contract_file(parent: pytest.Collector, path: Path, gate: str, evaluation: Evaluation) -> ContractFile:
    """The node of a contract. Its id is the path below the root, whatever directory pytest was started in."""
    nodeid = evaluation.workspace.contract_path(gate)
    node: ContractFile = ContractFile.from_parent(parent, path=path, gate=gate, evaluation=evaluation, nodeid=nodeid)
    return node


def read_properties(report: Any) -> Mapping[str, Any]:
    """The user properties of a report, without any that a host or a plugin has made of something else."""
    properties = getattr(report, "user_properties", None) or ()
    pairs = (each for each in properties if isinstance(each, tuple | list) and len(each) == 2)
    return {key: value for key, value in pairs if isinstance(key, str)}


def _next_path(directory: Path, contract: Path) -> Path:
    """The entry of the directory that is, or leads to, the contract."""
    return directory / contract.relative_to(directory).parts[0]
