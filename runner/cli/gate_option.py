"""The option `--gate`: what it may name, and which gates are meant where it is left out."""

import os
from collections.abc import Callable
from enum import StrEnum, auto
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gate_tests.errors import Refused
from gate_tests.workspace.names import match_name, split_names
from runner import suggestions
from runner.cli.context import CliContext
from runner.cli.options import Decorator, complete_from_workspace
from runner.cli.terminal import render

if TYPE_CHECKING:
    from runner.models.run import Run

_complete_gates = complete_from_workspace("gates")
_complete_contracts = complete_from_workspace("contracts")


class GateDefault(StrEnum):
    """Which gates are meant where neither `--gate` nor ORCH_GATE names one."""

    OPEN = auto()
    """The only gate with an open attempt."""
    CURRENT = auto()
    """The gate to work on next."""
    ALL = auto()


_DEFAULTS_IN_HELP = {
    GateDefault.OPEN: "the open attempt's",
    GateDefault.CURRENT: "the next one",
    GateDefault.ALL: "all",
}


def gate_option(default: GateDefault) -> Decorator:
    """`--gate` of a command on one gate, which it gets as `gate_id`. To be placed below the option `--run`."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def with_gate(*values: Any, run_id: str, gate_id: str | None, **options: Any) -> Any:
            gates = _select_gates(run_id, split_names(() if gate_id is None else (gate_id,)), default)
            if len(gates) > 1:
                raise Refused(f"expected one gate, found {len(gates)}: {', '.join(gates)}")
            return command(*values, run_id=run_id, gate_id=gates[0], **options)

        return click.option(
            "--gate",
            "gate_id",
            metavar="GATE",
            help=f"The gate, such as G2. Default: {_DEFAULTS_IN_HELP[default]}.",
            shell_complete=_complete_gates,
        )(with_gate)

    return decorate


def gates_option(default: GateDefault) -> Decorator:
    """`--gate` of a command on several gates, which it gets as `gates`. To be placed below the option `--run`."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def with_gates(*values: Any, run_id: str, gates: tuple[str, ...], **options: Any) -> Any:
            return command(*values, run_id=run_id, gates=_select_gates(run_id, split_names(gates), default), **options)

        return click.option(
            "--gate",
            "gates",
            multiple=True,
            metavar="GATE[,GATE]",
            help=f"Gates, such as G1,G2. Default: {_DEFAULTS_IN_HELP[default]}.",
            shell_complete=_complete_gates,
        )(with_gates)

    return decorate


def _resolve_contract_gate(context: click.Context, _: click.Parameter, gate_id: str) -> str:
    """The gate with a contract that the argument names, in any letter case; else the argument itself."""
    cli = context.find_object(CliContext)
    return (match_name(gate_id.strip(), cli.workspace.gates_with_contract()) if cli else None) or gate_id


contract_gate_argument: Decorator = click.argument(
    "gate_id", metavar="GATE", callback=_resolve_contract_gate, shell_complete=_complete_gates
)


def _resolve_contract_paths(context: click.Context, _: click.Parameter, named: tuple[str, ...]) -> tuple[Path, ...]:
    """The paths that were given, and of each gate that was given the path of its contract."""
    cli = context.find_object(CliContext)
    return tuple(path for each in named for path in (_resolve_contract_paths_of(cli, each) if cli else [Path(each)]))


def _resolve_contract_paths_of(cli: CliContext, named: str) -> list[Path]:
    """The path `named`; where nothing is there, the contracts of the gates `G1,G2`, else that path below the root."""
    if os.path.lexists(named):
        return [Path(named)]
    workspace = cli.workspace
    known = workspace.gates_with_contract()
    gates = [match_name(gate, known) for gate in split_names((named,))]
    paths = [workspace.root / workspace.contract_path(gate) for gate in gates if gate]
    if len(paths) == len(gates):
        return paths
    below_root = workspace.root / named
    return [below_root if named and os.path.lexists(below_root) else Path(named)]


contract_paths_argument: Decorator = click.argument(
    "paths", metavar="[GATE|PATH]...", nargs=-1, callback=_resolve_contract_paths, shell_complete=_complete_contracts
)


def _select_gates(run_id: str, named: tuple[str, ...], default: GateDefault) -> list[str]:
    """The ids of the named gates in the run, else of ORCH_GATE's, else by `default`. Raises Refused."""
    cli = click.get_current_context().find_object(CliContext)
    if cli is None:
        return list(named)
    if named:
        return list(dict.fromkeys(_resolve_gates(cli, run_id, named)))
    if named := _find_environment_gate(cli, run_id):
        return _resolve_environment_gate(cli, run_id, named)
    return _choose_gates(cli, run_id, default)


def _resolve_environment_gate(cli: CliContext, run_id: str, named: tuple[str, ...]) -> list[str]:
    try:
        return _resolve_gates(cli, run_id, named)
    except Refused as error:
        raise Refused(f"ORCH_GATE: {error.message}", next_command=error.next_command) from None


def _find_environment_gate(cli: CliContext, run_id: str) -> tuple[str, ...]:
    """The gates of ORCH_GATE, unless ORCH_RUN names another run."""
    from gate_tests.workspace.find_run import resolve_environment_run

    named = os.environ.get("ORCH_GATE", "")
    return split_names((named,)) if named.strip() and resolve_environment_run(cli.workspace) in (None, run_id) else ()


def _resolve_gates(cli: CliContext, run_id: str, named: tuple[str, ...]) -> list[str]:
    """The gates as the run spells them. Reads the run only where one is not spelled like a contract."""
    if set(named) <= set(cli.workspace.gates_with_contract()):
        return list(named)
    run = cli.store.read(run_id)
    known = [gate.gate for gate in run.gates]
    return [run.gate(match_name(gate, known) or gate).gate for gate in named]


def _choose_gates(cli: CliContext, run_id: str, default: GateDefault) -> list[str]:
    run = cli.store.read(run_id)
    match default:
        case GateDefault.ALL:
            return [gate.gate for gate in run.gates]
        case GateDefault.CURRENT:
            return [_find_current_gate(cli, run)]
        case GateDefault.OPEN:
            return [_find_open_gate(cli, run)]


def _find_current_gate(cli: CliContext, run: "Run") -> str:
    from runner.workflows.next_command import find_current_gate

    if gate := find_current_gate(run):
        return gate.gate
    next_command = render.find_next_command(cli.workspace, run)
    raise Refused(f"all gates of run {run.run_id} have passed", next_command=next_command)


def _find_open_gate(cli: CliContext, run: "Run") -> str:
    gates = [gate.gate for gate in run.gates if gate.open_attempt]
    if not gates:
        next_command = render.find_next_command(cli.workspace, run)
        raise Refused(f"no attempt is open in run {run.run_id}", next_command=next_command)
    if len(gates) > 1:
        raise Refused(
            f"{len(gates)} gates have an open attempt, so --gate is required: {', '.join(gates)}",
            next_command=suggestions.show_status(run.run_id),
        )
    return gates[0]
