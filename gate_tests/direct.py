"""`pytest --gate G2 --run ID`, typed by a person or a CI job: the same checks, no record."""

import os
from pathlib import Path

import pytest

from gate_tests.errors import OrchError, Refused
from gate_tests.judgement import Judgement
from gate_tests.session import GateSession
from gate_tests.workspace import RunContext, Workspace


def judge_directly(config: pytest.Config, gates: list[str], run_id: str | None) -> None:
    """Registers the hooks that collect the gates, and names their contracts as what to collect."""
    try:
        judgement = _judgement(config.invocation_params.dir, gates, run_id)
    except OrchError as error:
        raise pytest.UsageError(error.message) from None
    session = GateSession(judgement)
    _collect_contracts(config, session, bool(gates))
    config.pluginmanager.register(session, "gate_tests.session")


def _judgement(folder: Path, gates: list[str], run_id: str | None) -> Judgement:
    workspace = Workspace.find(folder)
    if not run_id:
        newest = next(iter(workspace.runs()), "ID")
        raise Refused(f"--gate needs the run to judge: --run {newest}")
    context = RunContext.read(workspace, run_id)
    chosen = dict.fromkeys(context.check_gate(gate) for gate in gates) if gates else context.gates
    return Judgement(workspace, context, tuple(chosen))


def _collect_contracts(config: pytest.Config, session: GateSession, named: bool) -> None:
    """Without paths on the command line, the contracts are all there is to collect; `--gate` adds to given paths."""
    contracts = [os.path.relpath(path, config.invocation_params.dir) for path in session.contracts.values()]
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args[:] = contracts
    elif named:
        given = {os.path.realpath(config.invocation_params.dir / arg.partition("::")[0]) for arg in config.args}
        config.args += [path for path in contracts if os.path.realpath(path) not in given]
