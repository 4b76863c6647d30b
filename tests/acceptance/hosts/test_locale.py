"""Where the locale is not UTF-8, or a name is not: each command ends with a line, not with a traceback."""

import json
import os
import shlex
from collections.abc import Sequence

import pytest

from runner.reports.formats import FORMATS
from tests.support.format_checks import CHECKS
from tests.support.messages import message
from tests.support.repository import ARTIFACTS, BIN, Repository

NO_UTF8 = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
ASCII_STREAMS = {"LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "ascii:strict"}
COMPILED = {"PYTHONDONTWRITEBYTECODE": ""}
LOCALES = {"no UTF-8": {**NO_UTF8, **COMPILED}, "ASCII streams": {**ASCII_STREAMS, **COMPILED}}


@pytest.fixture
def odd(shipped: Repository) -> Repository:
    """A root whose path has a letter outside of ASCII, a contract about files with such names, and one in Latin-1."""
    root = shipped.root.with_name("wört")
    os.rename(shipped.root, root)
    repository = Repository(root)
    checks = [{"type": "not_contains", "target": "{artifact_path}/*.md", "pattern": "BAD"}]
    repository.write_contract("G1", validations=checks)
    repository.write(f"{ARTIFACTS}/größe.md", "two words\n")
    with open(os.fsencode(root / ARTIFACTS) + b"/l\xf6.md", "w") as file:
        file.write("two words\n")
    return repository


@pytest.mark.parametrize("locale", LOCALES.values(), ids=LOCALES.keys())
@pytest.mark.slow
def test_no_command_ends_with_a_traceback(odd: Repository, locale: dict[str, str]) -> None:
    run_id = odd.start_run(ARTIFACTS)
    at_gate = ("--run", run_id, "--gate", "G1")
    commands: list[Sequence[str]] = [
        ("init",), ("status",), ("run", "list"), ("run", "show", run_id), ("run", "list", "--json"), ("run", "check"),
        ("contract", "lint"), ("contract", "explain", "G1"), ("contract", "test", "G1"), ("doctor",),
        ("gate", "start", *at_gate, "--agent", "maker"), ("gate", "check", *at_gate),
        ("gate", "check", *at_gate, "-v", "--json"), ("gate", "check", *at_gate, "-n", "2"),
        ("gate", "finish", *at_gate), ("verify", "--all"), ("verify", run_id, "--replay"), ("run", "repair", run_id),
        ("-C", "ö", "status"), ("run", "show", "ö"), ("contract", "explain", "ö"), ("nö",),
    ]  # fmt: skip
    for command in commands:
        ended = odd.installed_orch(*command, env=locale)
        assert ended.code in (0, 1, 2), (command, ended)
        assert "Traceback" not in ended.out + ended.err, command
    for more in ((), ("-v",)):
        session = odd.pytest(*at_gate, *more, env=locale)
        assert session.code in (0, 1), session
        assert "Traceback" not in session.out + session.err
    payload = json.dumps({"session_id": "ö", "cwd": str(odd.root)})
    assert odd.installed_orch("hook", "stop", stdin=payload, env=locale).json.keys() <= {"decision", "reason"}


FAIL = ("gate", "fail", "--run", "{run}", "--gate", "G2", "--reason", "schön")
START = ("run", "start", "--workflow", "visual-essay", "--slug", "x", "--artifact-path", "out/ö")


@pytest.mark.parametrize(
    ("command", "what", "text"), [(FAIL, "--reason", "schön"), (START, "artifact path", "out/ö")], ids=["text", "path"]
)
def test_a_text_that_the_locale_cannot_read_is_refused_and_accepted_with_the_next_command(
    shipped: Repository, run_id: str, command: tuple[str, ...], what: str, text: str
) -> None:
    words = [word.format(run=run_id) for word in command]
    refused = shipped.installed_orch(*words, env=NO_UTF8)
    said = message("text-not-in-this-locale", what=what, text=ascii(text), encoding="ascii")
    assert (refused.code, refused.err.splitlines()[0]) == (2, f"orch: {said}")
    fix = refused.err.splitlines()[1].removeprefix("Next: ")
    assert shipped.run("sh", "-c", f"{fix}; {shlex.join([f'{BIN}/orch', *words])}", env=NO_UTF8).code == 0


@pytest.mark.slow
def test_workers_cannot_be_sent_a_root_that_is_not_utf8_and_judge_with_the_next_command(odd: Repository) -> None:
    check = ("gate", "check", "--run", odd.start_run(ARTIFACTS), "--gate", "G1", "-n", "2")
    refused = odd.installed_orch(*check, env=NO_UTF8)
    root = ascii(str(odd.root))
    said = message("text-not-in-this-locale", what="with workers, the root", text=root, encoding="ascii")
    assert (refused.code, refused.err.splitlines()[0]) == (2, f"orch: {said}")
    fix = refused.err.splitlines()[1].removeprefix("Next: ")
    judged = odd.run("sh", "-c", f"{fix}; {shlex.join([f'{BIN}/orch', *check])}", env=NO_UTF8)
    assert (judged.code, "1 failed" in judged.out) == (1, True)  # the name in Latin-1


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
@pytest.mark.parametrize("name", [name for name, each in FORMATS.items() if each.file_name is not None])
@pytest.mark.slow
def test_a_report_that_is_printed_is_utf8_as_in_a_file(odd: Repository, name: str, encoding: str) -> None:
    check = {"type": "word_count", "target": "größe.md", "min": 3, "description": "二つ"}
    odd.write_contract("G1", validations=[{**check, "beschränkt": 1}])
    env = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "1"}
    odd.run("bash", "-c", f"{BIN}/orch ci --format {name} >printed 2>told", env=env)
    printed = (odd.root / "printed").read_text("utf-8")
    assert "beschränkt" in printed
    CHECKS[name](printed)
