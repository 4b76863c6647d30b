"""`orch workflow new`: writes a workflow of one's own."""

from typing import TYPE_CHECKING

import click

from gate_tests.errors import Refused
from runner import suggestions
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.lazy_group import CommandGroup
from runner.cli.options import complete_from_workspace, json_option
from runner.cli.terminal import render
from runner.cli.terminal.printer import Printer

if TYPE_CHECKING:
    from runner.contracts.workflow_template import WorkflowTemplate
    from runner.models.run import Run


@click.group(cls=CommandGroup)
def workflow() -> None:
    """Create workflows.

    \b
    Example:
      orch workflow new release-notes --gate R1 --gate R2
    """


@workflow.command()
@click.argument("name", metavar="[NAME]", required=False)
@click.option(
    "--gate",
    "gates",
    multiple=True,
    metavar="GATE",
    help="A gate, such as G1; repeat it in the order of the run.",
    shell_complete=complete_from_workspace("gates"),
)
@click.option(
    "--from-run",
    "run_id",
    metavar="RUN",
    help="Take gates, names and agents from the record of this run.",
    shell_complete=complete_from_workspace("runs"),
)
@json_option
@pass_cli_context
def new(cli: CliContext, name: str | None, gates: tuple[str, ...], run_id: str | None, as_json: bool) -> None:
    """Create a workflow with these gates, or with those of a recorded run.

    An existing file is never overwritten. With --from-run, NAME defaults to the name in the record. Then write a
    contract for each gate (`orch contract new`); instructions in orchestration/prompts/NAME/GATE.md are optional.

    \b
    Example:
      orch workflow new release-notes --gate R1 --gate R2
      orch workflow new my-essay --from-run the-word-robot
    """
    from gate_tests.workspace.find_run import resolve_run_id
    from runner.contracts.workflow_template import write_workflow

    printer = Printer(as_json)
    gates = tuple(gate.strip() for each in gates for gate in each.split(","))
    if bool(gates) == (run_id is not None):
        problem = "--gate and --from-run cannot be combined" if gates else "no gates given; use --gate or --from-run"
        raise Refused(problem, next_command=suggestions.show_help("workflow new"))
    run = cli.store.read(resolve_run_id(cli.workspace, run_id)) if run_id else None
    template = _create_template(cli, name, gates, run)
    path = write_workflow(cli.workspace, template)
    printer.print_line(f"created  {path}")
    missing = _print_gates(cli, printer, template)
    if run:
        printer.print_hint("a record has no `requires` and no `independent_of`; add them where the workflow had them")
    printer.print_hint(f"Next: {cli.format_command(_choose_next_command(cli, template, missing, run))}")
    printer.print_document({"created": path, "missing_contracts": missing})


def _create_template(
    cli: CliContext, name: str | None, gates: tuple[str, ...], run: "Run | None"
) -> "WorkflowTemplate":
    from runner.contracts.workflow_template import WorkflowTemplate, check_new_name

    name = run.workflow.name if name is None and run else name
    if name is None:
        raise Refused("the workflow's name is missing", next_command=suggestions.new_workflow("my-workflow", gates))
    if run:
        return WorkflowTemplate.from_run(check_new_name(name, gates, run.run_id), run)
    return WorkflowTemplate.for_gates(cli.workspace, check_new_name(name, gates), gates)


def _print_gates(cli: CliContext, printer: Printer, template: "WorkflowTemplate") -> list[str]:
    """Prints each gate with its contract; returns the gates that have none."""
    known = cli.workspace.gates_with_contract()
    width = max(len(each.gate) for each in template.gates)
    for each in template.gates:
        contract = cli.workspace.contract_path(each.gate) if each.gate in known else "no contract yet"
        printer.print_hint(f"  {each.gate:{width}}  {each.name}, by {each.agent}: {contract}")
    return [each.gate for each in template.gates if each.gate not in known]


def _choose_next_command(cli: CliContext, template: "WorkflowTemplate", missing: list[str], run: "Run | None") -> str:
    from runner.contracts.workflow_template import suggest_contract

    if missing:
        name = next(each.name for each in template.gates if each.gate == missing[0])
        return suggest_contract(cli.workspace, missing[0], name)
    if run:
        return render.find_next_command(cli.workspace, run)
    return suggestions.start_workflow(template.name, "first-run")
