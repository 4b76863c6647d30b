"""The pytest nodes: a contract is a file, each of its checks an item."""

from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Any

import pytest

from gate_tests.compiler.check import Check
from gate_tests.errors import OrchError
from gate_tests.pytest_session.evaluation import EvaluatedCheck, Evaluation
from gate_tests.sanitize import plain


class CheckFailed(Exception):
    """A check does not hold. Carries what is shown instead of a traceback."""

    def __init__(self, judged: EvaluatedCheck) -> None:
        super().__init__(judged.result.reason)
        self.judged = judged


class ContractFolder(pytest.Directory):
    """A folder on the way to contracts. Nothing else in it is looked at: neither its names nor what they lead to."""

    def __init__(self, *, evaluation: Evaluation, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.evaluation = evaluation

    def collect(self) -> Iterator["ContractFolder | ContractFile"]:
        """The next folders on the way, or the contracts."""
        workspace, gates = self.evaluation.workspace, self.evaluation.gates
        contracts = {workspace.root / workspace.contract_path(gate): gate for gate in gates}
        for path in dict.fromkeys(_next_on_the_way(self.path, contract) for contract in contracts):
            if path in contracts:
                yield contract_file(self, path, contracts[path], self.evaluation)
            else:
                yield contract_folder(self, path, self.evaluation)


class ContractFile(pytest.File):
    """The contract of one gate."""

    def __init__(self, *, gate: str, evaluation: Evaluation, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.gate = gate
        self.evaluation = evaluation
        # pytest reads a mark's keywords, as in -m "gate(id='G2')", from the mark itself.
        self.add_marker(pytest.mark.gate(id=gate))

    def collect(self) -> Iterator["GateCheck"]:
        """One item for each check, in compiled order. An invalid contract is one error without a traceback."""
        try:
            compiled = self.evaluation.compiled(self.gate)
        except OrchError as error:
            raise self.CollectError(error.message) from None
        for check in compiled.checks:
            # The node id is given as a string: --lf, --sw and --deselect lose an item whose id pytest builds itself
            # from a name that holds `[` or `::` (pytest-dev/pytest#15045).
            nodeid = f"{self.nodeid}::{check.id}"
            yield GateCheck.from_parent(self, name=check.id, nodeid=nodeid, check=check)


class GateCheck(pytest.Item):
    """One check of a gate."""

    parent: ContractFile

    def __init__(self, *, check: Check, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.check = check
        self.judged: EvaluatedCheck | None = None

    def judge(self) -> EvaluatedCheck:
        """Evaluates the check."""
        return self.parent.evaluation.evaluate(self.parent.gate, self.check)

    def runtest(self) -> None:
        """Evaluates the check, and fails as pytest wants a test to fail."""
        self.judged = self.judge()
        self.user_properties += self.properties(self.judged)
        if self.judged.result.has_failed:
            raise CheckFailed(self.judged)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What was wanted, what was found, where and why; a traceback only if our own code broke."""
        if isinstance(excinfo.value, CheckFailed):
            judged = excinfo.value.judged
            return self._line(excinfo, judged) if self._in_one_line() else self.explanation(judged)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple["PathLike[str] | str", int, str]:
        """The contract's file and line (from 0, as pytest counts them)."""
        return self.path, self.check.line - 1, self.name

    @property
    def location(self) -> tuple[str, int, str]:
        """The same, as pytest wants it in a report; it would look for the path of each check anew."""
        return self.parent.nodeid, self.check.line - 1, self.name

    def _in_one_line(self) -> bool:
        return bool(self.config.getoption("tbstyle", None) == "line")

    def _line(self, excinfo: pytest.ExceptionInfo[BaseException], judged: EvaluatedCheck) -> object:
        """What --tb=line shows. A text it would show twice; it wants to know where an exception was raised."""
        shown = excinfo.getrepr(style="line")
        shown.reprtraceback.reprentries = []
        if shown.reprcrash is not None:
            contract = self.parent.evaluation.compiled(self.parent.gate).contract
            shown.reprcrash.path, shown.reprcrash.lineno = contract.document.path, judged.check.line
            shown.reprcrash.message = judged.result.reason or ""
        return shown

    def explanation(self, judged: EvaluatedCheck) -> str:
        """What was wanted, what was found, where and why, line by line."""
        check, contract = judged.check, self.parent.evaluation.compiled(self.parent.gate).contract
        lines = [
            f"{check.rule.type}: {check.target.path}",
            f"  wanted    {plain(check.rule.wanted())}",
            f"  found     {judged.outcome.found}",
            f"  contract  {contract.document.path}:{check.line}",
        ]
        if check.description:
            lines.insert(3, f"  because   {plain(check.description)}")
        return "\n".join(lines)

    def properties(self, judged: EvaluatedCheck) -> list[tuple[str, object]]:
        """What a test's report tells of the check besides its outcome."""
        properties: list[tuple[str, object]] = [
            ("gate", self.parent.gate),
            ("check", self.check.rule.type),
            ("path", judged.check.target.path),
            ("outcome", str(judged.result.status)),  # an enum would not get through pytest-xdist
        ]
        return [*properties, ("warning", judged.result.reason)] if judged.result.has_warned else properties


def contract_folder(parent: pytest.Collector, path: Path, evaluation: Evaluation) -> ContractFolder:
    """The node of a folder that leads to the contracts of the judgement."""
    node: ContractFolder = ContractFolder.from_parent(parent, path=path, evaluation=evaluation)
    return node


def contract_file(parent: pytest.Collector, path: Path, gate: str, evaluation: Evaluation) -> ContractFile:
    """The node of a contract. Its id is the path below the root, from whichever folder pytest was started."""
    nodeid = evaluation.workspace.contract_path(gate)
    node: ContractFile = ContractFile.from_parent(parent, path=path, gate=gate, evaluation=evaluation, nodeid=nodeid)
    return node


def _next_on_the_way(folder: Path, contract: Path) -> Path:
    return folder / contract.relative_to(folder).parts[0]
