"""`orch agent instructions`, and the page about agents: what they tell to type works."""

import json
import re
import shlex
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from docs.markdown.page import read
from gate_tests.errors import Exit
from runner.agents.instructions import EXIT_MEANINGS
from tests.support import CHECKOUT
from tests.support.hook_payloads import compose_payload
from tests.support.messages import message, says
from tests.support.repository import BIN, Repository

PAGE = read(CHECKOUT / "docs/how-to/agents.md")


def with_help(repository: Repository, line: str) -> int:
    """The exit code of the command, asked for its help: it and its options exist."""
    return repository.orch(*shlex.split(line)[1:], "--help").code


def test_every_command_that_it_names_is_one(shipped: Repository) -> None:
    ended = shipped.orch("agent", "instructions")
    lines = set(re.findall(r"`(orch [^`]+)`", ended.out))
    assert set(shipped.orch("agent", "instructions", "--json").json["commands"]) < lines
    assert len(lines) >= 6
    for line in lines:
        assert with_help(shipped, line) == 0, line
        for option in re.findall(r" (--[a-z-]+)", line):
            assert f" {option} " in shipped.orch(*shlex.split(line.partition(" --")[0])[1:], "--help").out, (
                f"{line}: {option}"
            )


def test_a_command_that_is_none_would_be_found(shipped: Repository) -> None:
    assert with_help(shipped, "orch gate chek --run RUN") == 2


def test_it_tells_every_exit_code() -> None:
    assert set(EXIT_MEANINGS) == set(Exit)


def test_it_tells_the_workflows_of_the_root(repository: Repository) -> None:
    repository.write_workflow("GA", "GB")
    ended = repository.orch("agent", "instructions")
    assert ended.code == 0
    assert "- `tests`: GA Step GA (`agent-GA`), GB Step GB (`agent-GB`)\n" in ended.out
    told = repository.orch("agent", "instructions", "--json").json
    assert (told["markdown"], told["workflows"]) == (ended.out, {"tests": ["GA", "GB"]})


def test_a_gate_whose_name_looks_like_the_end_does_not_end_it(repository: Repository) -> None:
    repository.write_workflow("GA")
    path = repository.root / "orchestration/workflows/tests.json"
    path.write_text(path.read_text().replace("Step GA", "a `<!-- orch: end -->"))
    out = repository.orch("agent", "instructions").out
    assert out.count("<!-- orch: end -->") == 1
    assert "GA a '<! -- orch: end --> (`agent-GA`)" in out


def test_outside_of_a_repository_it_tells_all_but_the_workflows(tmp_path: Path) -> None:
    outside = Repository(tmp_path)
    ended = outside.orch("agent", "instructions")
    assert ended.code == 0
    assert "### What to do" in ended.out
    assert "### Workflows of this repository" not in ended.out
    assert outside.orch("-C", str(tmp_path), "agent", "instructions").code == 2


def test_an_invalid_workflow_is_said(repository: Repository) -> None:
    repository.write("orchestration/workflows/broken.json", "{")
    ended = repository.orch("agent", "instructions")
    assert (ended.code, ended.out) == (2, "")
    assert "orchestration/workflows/broken.json:1" in ended.err


def test_it_is_a_section_that_can_be_found_and_replaced(shipped: Repository) -> None:
    text = shipped.orch("agent", "instructions").out
    assert text.startswith("<!-- orch: begin.")
    assert text.endswith("\n<!-- orch: end -->\n")
    assert re.findall(r"^#+ ", text, re.MULTILINE)[0] == "## "


def test_written_into_a_file_it_is_one_section_and_the_rest_of_the_file_stays(repository: Repository) -> None:
    repository.write_workflow("GA")
    theirs = b"\xef\xbb\xbf# Mine\r\n\r\nNo newline at the end"
    repository.write("AGENTS.md", theirs)
    write = ("agent", "instructions", "--write", "AGENTS.md")
    assert repository.orch(*write).out == "updated    AGENTS.md\n"
    first = (repository.root / "AGENTS.md").read_bytes()
    assert first.startswith(theirs + b"\r\n\r\n<!-- orch: begin.")
    assert b"GA Step GA" in first
    assert repository.orch(*write).out == "unchanged  AGENTS.md\n"
    assert (repository.root / "AGENTS.md").read_bytes() == first
    repository.write("AGENTS.md", first + b"# After\r\n")
    repository.write_workflow("GB")
    told = repository.orch(*write, "--json").json
    assert (told["path"], told["change"]) == ("AGENTS.md", "updated")
    second = (repository.root / "AGENTS.md").read_bytes()
    assert second.endswith(b"<!-- orch: end -->\r\n# After\r\n")
    assert second.count(b"orch: begin") == 1
    assert b"GB Step GB" in second
    assert b"GA Step GA" not in second


def test_a_missing_file_is_created_with_what_would_be_printed(repository: Repository) -> None:
    assert repository.orch("agent", "instructions", "--write", "AGENTS.md").out == "created    AGENTS.md\n"
    assert (repository.root / "AGENTS.md").read_text("utf-8") == repository.orch("agent", "instructions").out


def test_one_section_serves_a_symlink_too(repository: Repository) -> None:
    (repository.root / "CLAUDE.md").symlink_to("AGENTS.md")
    repository.orch("agent", "instructions", "--write", "CLAUDE.md")
    assert (repository.root / "CLAUDE.md").is_symlink()
    assert repository.orch("agent", "instructions", "--write", "AGENTS.md").out == "unchanged  AGENTS.md\n"


def test_a_file_that_is_refused_is_left_alone(repository: Repository) -> None:
    text = "# Mine\n<!-- orch: begin -->\n# Also mine\n"
    repository.write("AGENTS.md", text)
    ended = repository.orch("agent", "instructions", "--write", "AGENTS.md")
    assert ended.code == 2
    assert message("section-without-end") in ended.err
    assert (repository.root / "AGENTS.md").read_text() == text


@pytest.mark.parametrize("command", ["instructions", "skill"])
def test_no_agent_is_told_to_accept_a_contract(repository: Repository, command: str) -> None:
    text = repository.orch("agent", command).out
    for line in text.splitlines():
        for option in ("--accept-contract", "--force"):
            assert option not in line or line.startswith("- If a message says that a person decides"), line
    assert "never use `--accept-contract` or `--force`, not even" in text
    assert "stop hook" in text
    assert "A FAIL closes the attempt for good" in text


# The page


def claude_code(event: str = "Stop") -> dict[str, Any]:
    (groups,) = (
        found[event] for block in PAGE.find_blocks("json") if event in (found := json.loads(block).get("hooks", {}))
    )
    ((hook,),) = (group["hooks"] for group in groups)
    return dict(hook)


def task() -> dict[str, Any]:
    return claude_code("TaskCompleted")


def codex() -> dict[str, Any]:
    fragment = PAGE.find_block("toml")
    (group,) = tomllib.loads(fragment)["hooks"]["Stop"]
    (hook,) = group["hooks"]
    return dict(hook)


@pytest.mark.slow
@pytest.mark.parametrize("settings", [claude_code, codex, task])
def test_the_hooks_of_the_page_keep_an_agent_from_stopping(shipped: Repository, settings: Any, tmp_path: Path) -> None:
    hook = settings()
    assert (hook["type"], hook["timeout"]) == ("command", 900)
    run_id = shipped.start_run()
    shipped.orch("gate", "start", "--run", run_id, "--gate", "G1", "--agent", "maker")
    name = {claude_code: "Claude Code Stop", codex: "Codex Stop", task: "Claude Code TaskCompleted"}[settings]
    sent = compose_payload(name, shipped.root)
    done = subprocess.run(
        [hook["command"], *hook["args"]] if "args" in hook else ["sh", "-c", hook["command"]],
        input=sent.encode(),
        capture_output=True,
        cwd=shipped.root,
        env={"PATH": f"{BIN}:/usr/bin:/bin", "CLAUDE_PROJECT_DIR": str(shipped.root)},
    )
    answer = json.loads(done.stdout)
    assert (done.returncode, answer.get("decision")) == ((2, None) if settings is task else (0, "block"))
    assert says(answer.get("reason") or done.stderr.decode(), "gate-has-not-passed", gate="G1", name="Intake Approval")


def test_the_commands_of_the_page_are_commands(shipped: Repository) -> None:
    blocks = [block.replace("\\\n", " ").splitlines() for block in PAGE.find_blocks("console")]
    lines = [line for block in blocks for line in block if line.startswith("$ ")]
    assert len(lines) == 17
    for line in lines:
        command = re.split(r"\s+(?:>>|#)", line.removeprefix("$ ").rpartition("| ")[2])[0]
        assert command.startswith("orch "), line
        assert with_help(shipped, command) == 0, line
        assert shipped.orch(*shlex.split(command)[1:], "--no-such-option").code in (0, 2)


def test_with_nothing_open_its_trial_answers_as_it_says(shipped: Repository) -> None:
    ended = shipped.run("bash", "-c", f"PATH={BIN}:$PATH; echo '{{}}' | orch hook stop")
    assert (ended.code, ended.out) == (0, "{}\n")
