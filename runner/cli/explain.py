"""`orch contract explain`."""

import click

from gate_tests.errors import Refused
from gate_tests.plain import plain
from runner.cli.command import Command
from runner.cli.options import json_option
from runner.cli.printer import Printer
from runner.cli.site import Site, pass_site

_LONGEST_LINE = 2000


@click.command(cls=Command)
@click.argument("gate_id", metavar="GATE")
@click.option("--run", "run_id", metavar="ID", help="As in this run.")
@click.option("--slug", metavar="SLUG", help="As in a run about this, such as the-word-robot.")
@click.option("--artifact-path", metavar="PATH", help="As in a run with its work there. Default: as the workflow says.")
@click.option("--depth", metavar="quick|standard|deep", help="As at this depth. Default: the run's, else standard.")
@json_option
@pass_site
def explain(
    site: Site,
    gate_id: str,
    run_id: str | None,
    slug: str | None,
    artifact_path: str | None,
    depth: str | None,
    as_json: bool,
) -> None:
    """Say in words what a gate will check.

    What the contract of GATE demands, before any work starts: files, scripts, checks, limits. What is not known yet
    stays as it is written, such as {slug}.

    \b
    Example:
      orch contract explain G2 --slug the-word-robot --depth deep
    """
    from dataclasses import replace

    from gate_tests.explanation import Explanation
    from gate_tests.load import load_contract
    from gate_tests.names import Depth, check_depth
    from gate_tests.workspace import RunContext
    from runner.planned_run import Plan

    if run_id is not None and (slug is not None or artifact_path is not None):
        raise Refused("--run says it all: --slug and --artifact-path are for a run that is not there yet")
    wanted = None if depth is None else check_depth(depth)
    workspace, printer = site.workspace, Printer(as_json)
    contract = load_contract(workspace, gate_id)
    if run_id is None:
        context: RunContext = Plan(slug, artifact_path, wanted or Depth.STANDARD).context(workspace, gate_id)
    else:
        context = RunContext.read(workspace, run_id)
        context.check_gate(gate_id)
        context = replace(context, depth=wanted or context.depth)
    explanation = Explanation.of(workspace, contract, context)
    for line in explanation.lines():
        printer.say(plain(line, _LONGEST_LINE))
    printer.document(explanation.to_json())
    printer.insist()
