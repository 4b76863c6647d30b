"""`orch contract test`: the mutation test of a contract."""

from typing import TYPE_CHECKING, Final

import click

from gate_tests.errors import Exit
from gate_tests.workspace.names import check_depth, check_gate_id, check_slug
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.gate_option import contract_gate_argument
from runner.cli.lazy_group import Command
from runner.cli.options import depth_option, json_option
from runner.cli.terminal.printer import Printer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runner.contracts.mutation.mutate import CheckMutationTest, MutationTest

_RESULTS: Final = {True: "killed", False: "survived", None: "-"}
_WAYS: Final = {"emptied": "is empty", "one_word": "contains one word"}
_HANGING: Final = 2


@click.command("test", cls=Command)
@contract_gate_argument
@click.option("--slug", metavar="SLUG", help="Slug of the artifacts. Default: from their paths.")
@click.option("--artifact-path", metavar="PATH", help="Artifact directory. Default: from their paths.")
@depth_option
@json_option
@pass_cli_context
@click.pass_context
def test(
    context: click.Context,
    cli: CliContext,
    gate_id: str,
    slug: str | None,
    artifact_path: str | None,
    depth: str,
    as_json: bool,
) -> None:
    """Mutation-test a contract: every check must be able to fail.

    Every check must pass on a copy of the good artifacts in orchestration/gates/examples/GATE, and must fail when the
    files it reads are emptied, deleted or mutated. The exit code is 1 if a check cannot fail, or if all checks still
    pass with an output that is empty or a single word.

    \b
    Example:
      orch contract test G3
    """
    from runner.contracts.mutation.mutate import run_mutation_test

    printer = Printer(as_json)
    slug = None if slug is None else check_slug(slug)
    result = run_mutation_test(cli.workspace, check_gate_id(gate_id), check_depth(depth), slug, artifact_path)
    _print_test(printer, result)
    printer.print_document(result.to_json())
    printer.raise_output_error()
    context.exit(Exit.OK if result.passed else Exit.FAIL)


def _print_test(printer: Printer, result: "MutationTest") -> None:
    """Prints a table of the checks and one of the outputs, each with its remarks, then the result."""
    context = f"{result.slug}, {result.artifact_path}, depth {result.depth}"
    printer.print_wrapped(f"{result.gate}, mutations of its good artifacts ({context})")
    _print_table(printer, [("check", "emptied", "missing", "mutated"), *map(_format_row, result.checks)])
    for line in (remark for each in result.checks for remark in _format_remarks(each)):
        printer.print_wrapped(line, _HANGING)
    if result.outputs and (result.declares_outputs or result.emptied_outputs):
        rows = [(each.path, _RESULTS[each.emptied], _RESULTS[each.one_word]) for each in result.outputs]
        _print_table(printer, [("output", "emptied", "one word"), *rows])
    for line in (*_format_output_remarks(result), _summarize(result)):
        printer.print_wrapped(line, _HANGING)


def _format_output_remarks(result: "MutationTest") -> "Iterator[str]":
    from gate_tests.lint.findings import WarningTopic

    mark = "accepted  " if result.accepts_emptying else "SURVIVED  "
    for each in result.emptied_outputs:
        ways = " or ".join(_WAYS[kind] for kind in each.survived)
        yield f"{mark} {each.path}: every check passes when it {ways} [{WarningTopic.SURVIVES_EMPTYING}]"
    if result.accepts_emptying and not result.emptied_outputs:
        yield f"unused     x-accepted-advice: no warning {str(WarningTopic.SURVIVES_EMPTYING)!r} occurs here"


def _summarize(result: "MutationTest") -> str:
    if not result.can_every_check_fail:
        return "a check fails for the good artifacts, or cannot fail"
    if not result.passed:
        return "the gate passes with an output that is empty or one word"
    is_tried = any(each.mutants for each in result.checks)
    return "every tested check can fail" if is_tried else "no check of this gate can be tested with files alone"


def _format_row(each: "CheckMutationTest") -> tuple[str, ...]:
    from runner.contracts.mutation.mutate import MutantKind

    if each.error:
        return (each.check.id, "not tested", "", "")
    return (each.check.id, *(_RESULTS[each.killed(kind)] for kind in MutantKind))


def _print_table(printer: Printer, rows: list[tuple[str, ...]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        printer.print_line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _format_remarks(each: "CheckMutationTest") -> "Iterator[str]":
    """The remarks about a check that do not fit into the table."""
    if each.error:
        yield f"not tested {each.check.id}: {each.error}"
    elif each.survived:
        why = "no mutation of what it reads makes it fail"
        if each.missing_target:
            why = f"not testable, {each.missing_target} is missing in the good artifacts"
        yield f"SURVIVED   {each.check.id}: {why}"
    elif each.is_existence_only:
        yield f"weak       {each.check.id}: fails only when the file is missing, never because of its text"
    for mutant in each.missed_mutants:
        yield f"missed     {each.check.id}: passes with {mutant}"
