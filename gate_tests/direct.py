"""`pytest --gate G2 --run ID`, typed by a person or a CI job: the same checks, no record."""

import os

import pytest

from gate_tests.errors import InvalidFile, OrchError, Refused
from gate_tests.judgement import Judgement
from gate_tests.load import require_contract
from gate_tests.session import GateSession
from gate_tests.workspace import RunContext, Workspace


def judge_directly(config: pytest.Config, gates: list[str], run_id: str | None) -> None:
    """Registers the hooks that collect the gates, and names their contracts as what to collect."""
    try:
        judgement = _judgement(config, gates, run_id)
    except InvalidFile as error:
        pytest.exit(error.message, returncode=pytest.ExitCode.INTERRUPTED)
    except OrchError as error:
        raise pytest.UsageError(error.message) from None
    session = GateSession(judgement)
    _collect_contracts(config, session, bool(gates))
    config.pluginmanager.register(session, "gate_tests.session")


def _judgement(config: pytest.Config, gates: list[str], run_id: str | None) -> Judgement:
    workspace = Workspace.find(config.invocation_params.dir)
    if not run_id:
        newest = next(iter(workspace.runs()), "ID")
        raise Refused(
            f"which run? Say --run {newest}, or --gate-run where --run is an option of yours, or set ORCH_RUN"
        )
    context = RunContext.read(workspace, run_id)
    chosen = dict.fromkeys(context.check_gate(gate) for gate in gates) if gates else context.gates
    for gate in chosen:
        require_contract(workspace, gate)
    return Judgement(workspace, context, tuple(chosen))


def _collect_contracts(config: pytest.Config, session: GateSession, named: bool) -> None:
    """Where no path was typed, the contracts are all there is to collect; `--gate` adds to typed paths."""
    folder = config.invocation_params.dir
    contracts = [os.path.relpath(path, folder) for path in session.contracts.values()]
    if not any(arg in config.invocation_params.args for arg in config.args):
        config.args[:] = contracts  # a path of the host's addopts or testpaths is none that was typed
    elif named:
        given = {os.path.realpath(folder / arg.partition("::")[0]) for arg in config.args}
        config.args += [path for path in contracts if os.path.realpath(folder / path) not in given]
