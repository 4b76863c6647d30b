"""How errors are reported: the message, the next command, the exit code, and a document with --json."""

import json
from pathlib import Path

import click
import pytest

from gate_tests.errors import DamagedRecord, Exit, InvalidFile, NoVerdict, OrchError, Paused, Refused
from runner.cli.context import CliContext
from runner.cli.errors import ErrorReport, describe_error, print_error, suggest_next_command
from runner.cli.terminal.printer import Printer, begin_command


def usage_error(obj: object = None) -> click.UsageError:
    return click.UsageError("what?", click.Context(click.Command("list"), info_name="list", obj=obj))


@pytest.mark.parametrize(
    ("error", "described"),
    [
        (Refused("no", next_command="orch run list"), ("no", "orch run list", Exit.REFUSED)),
        (Refused("no"), ("no", "orch --help", Exit.REFUSED)),
        (InvalidFile(["a:1: x", "a:2: y"]), ("a:1: x\na:2: y", None, Exit.REFUSED)),
        (NoVerdict("none"), ("none", None, Exit.NO_VERDICT)),
        (DamagedRecord("bad"), ("bad", None, Exit.DAMAGED)),
        (Paused("wait", next_command="orch run resume"), ("wait", "orch run resume", Exit.PAUSED)),
        (usage_error(), ("what?", "list --help", Exit.REFUSED)),
        (usage_error(CliContext(Path("x"))), ("what?", "list --help", Exit.REFUSED)),
        (click.UsageError("what?"), ("what?", "orch --help", Exit.REFUSED)),
        (click.ClickException("what?"), ("what?", "orch --help", Exit.REFUSED)),
        (click.Abort(), ("interrupted", None, Exit.INTERRUPTED)),
        (KeyboardInterrupt(), ("interrupted", None, Exit.INTERRUPTED)),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_an_error_is_described(error: BaseException, described: tuple[str, str | None, Exit]) -> None:
    assert describe_error(error)[:3] == described


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError(28, "No space left on device", "a.json"), "a.json: No space left on device"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (OSError("odd"), "odd"),
    ],
    ids=["with a file", "without one", "without anything"],
)
def test_an_error_of_the_system_names_its_file_and_is_no_verdict(error: OSError, message: str) -> None:
    report = describe_error(error)
    assert (report.message, report.exit_code) == (message, Exit.NO_VERDICT)
    assert report.advice


def test_a_bug_is_no_verdict_and_shows_its_traceback_only_when_that_is_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ORCH_DEBUG", raising=False)
    report = describe_error(ZeroDivisionError("by zero"))
    assert "ZeroDivisionError: by zero" in report.message
    assert "ORCH_DEBUG=1" in str(report.advice)
    assert (report.next_command, report.exit_code) == (None, Exit.NO_VERDICT)
    assert capsys.readouterr().err == ""
    monkeypatch.setenv("ORCH_DEBUG", "1")
    describe_error(ZeroDivisionError("by zero"))
    assert "ZeroDivisionError: by zero" in capsys.readouterr().err


def test_an_error_is_a_line_on_standard_error_and_the_next_command_another(capsys: pytest.CaptureFixture[str]) -> None:
    assert print_error(ErrorReport("no", "orch run list", Exit.REFUSED), as_json=False) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "orch: no\nNext: orch run list\n")


def test_with_json_it_is_a_document_too(capsys: pytest.CaptureFixture[str]) -> None:
    begin_command()
    print_error(ErrorReport("über", None, Exit.NO_VERDICT, "wait"), as_json=True)
    printed = capsys.readouterr()
    assert json.loads(printed.out) == {"error": {"message": "über", "next": None, "advice": "wait", "exit_code": 3}}
    assert "über" in printed.out
    assert printed.err == "orch: über\nNext: wait\n"


def test_but_not_after_a_document_that_was_begun(capsys: pytest.CaptureFixture[str]) -> None:
    begin_command()
    Printer(as_json=True).print_rows([1])
    print_error(ErrorReport("no", None, Exit.NO_VERDICT), as_json=True)
    begin_command()
    assert capsys.readouterr() == ("[\n  1", "orch: no\n")


def test_errors_of_a_file_are_a_line_each_and_what_they_quote_cannot_harm_a_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_error(ErrorReport("a:1: \x1b[31mred\na:2: " + "x" * 10_000, None, Exit.REFUSED), as_json=False)
    first, second = capsys.readouterr().err.splitlines()
    assert "\x1b" not in first
    assert len(second) <= 2000


@pytest.mark.parametrize("error", [Refused("no", next_command="orch run list"), DamagedRecord("bad")])
def test_the_next_command_of_an_error_is_its_own_unless_a_repair_is_named(error: OrchError) -> None:
    assert suggest_next_command(error) == error.next_command


@pytest.mark.parametrize(
    ("arguments", "reported"),
    [
        (("--slgu", "x"), "no such option '--slgu', did you mean '--slug'?"),
        (("--sluge", "x"), "no such option '--sluge', did you mean '--slug'?"),
        (("--depth", "x"), "invalid value for '--depth': 'x' is not a valid integer"),
        (("--zzzzzz",), "no such option '--zzzzzz'"),
        (("--slug",), "option '--slug' requires an argument"),
        (("--number", "x"), "invalid value for '--number': 'x' is not a valid integer"),
        (("--number", "1", "x"), "got unexpected extra argument (x)"),
        ((), "missing option '--number'"),
    ],
    ids=["slip", "like two", "no number of a range", "unknown", "no value", "no number", "a word too many", "missing"],
)
def test_an_error_of_the_command_line_is_in_the_form_of_our_messages(arguments: tuple[str, ...], reported: str) -> None:
    ranged = [click.Option(["--depth"], type=click.IntRange(1, 3)), click.Option(["--slugs"])]
    options = [click.Option(["--slug"]), click.Option(["--number"], type=int, required=True), *ranged]
    with pytest.raises(click.UsageError) as caught:
        click.Command("x", params=[*options]).main(list(arguments), standalone_mode=False)
    assert describe_error(caught.value).message == reported
