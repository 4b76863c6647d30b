"""Claude Code, Codex, Copilot CLI and Gemini CLI from npm: they take our flags, read our files and obey our hooks.

The model is a server on loopback; no host reaches another one.
"""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.agent_hosts import ClaudeModel, CodexModel, GeminiModel, Host, Model, installed_hosts, serving
from tests.support.messages import message
from tests.support.repository import Repository
from tests.support.shared_install import find_shared_base

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("small_contracts")]

CLAUDE_FLAGS = ("-p", "--permission-mode", "acceptEdits", "--allowedTools", "Bash(orch *)")
CODEX_FLAGS = ("exec", "--sandbox", "workspace-write", "-")
CONTRACT = "orchestration/gates/contracts/G1.contract.json"
DENIED = message("guarded-contract", path=CONTRACT, what="a contract")
CLAUDE_WRITES = {"type": "tool_use", "id": "t", "name": "Bash", "input": {"command": f"rm {CONTRACT}"}}
WORDS = [f"I am done ({number})." for number in range(20)]
"""What an agent says when it stops: other words each time, or a second stop is taken for the first, reported twice."""
CLAUDE_STOPS = [{"type": "text", "text": words} for words in WORDS]
CODEX_WRITES = {
    "type": "function_call", "id": "f", "call_id": "c", "name": "exec_command",
    "arguments": json.dumps({"cmd": f"rm {CONTRACT}"}),
}  # fmt: skip
CODEX_STOPS = [
    {"type": "message", "id": "m", "role": "assistant", "content": [{"type": "output_text", "text": words}]}
    for words in WORDS
]


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with installed_hosts(find_shared_base(tmp_path_factory) / "hosts") as directory:
        yield directory


@pytest.fixture
def claude(programs: Path, tmp_path: Path) -> Host:
    return Host(programs / "claude", tmp_path / "home")


@pytest.fixture
def codex(programs: Path, tmp_path: Path) -> Host:
    return Host(programs / "codex", tmp_path / "home")


@pytest.fixture
def copilot(programs: Path, tmp_path: Path) -> Host:
    return Host(programs / "copilot", tmp_path / "home")


@pytest.fixture
def gemini(programs: Path, tmp_path: Path) -> Host:
    return Host(programs / "gemini", tmp_path / "home")


@pytest.fixture
def checkout(shipped: Repository) -> Repository:
    """A repository with an attempt open at G1, whose work is missing."""
    shipped.commit()
    shipped.start_gate(shipped.start_run(), "G1")
    return shipped


def install(repository: Repository, target: str, *options: str) -> None:
    assert repository.orch("hook", "install", "--target", target, *options).code == 0


def ask_claude(claude: Host, repository: Repository, model: Model) -> None:
    env = {"ANTHROPIC_BASE_URL": model.url, "ANTHROPIC_API_KEY": "none"}
    ended = claude.run(
        repository.root, *CLAUDE_FLAGS, "--allowedTools", "Bash(rm *)", "Bash(orch *)", stdin="hi", **env
    )
    assert ended.code == 0, ended


def test_claude_code_takes_the_flags_that_we_print_and_refuses_others(claude: Host, tmp_path: Path) -> None:
    assert claude.run(tmp_path, *CLAUDE_FLAGS, "--help").code == 0
    refused = claude.run(tmp_path, "-p", "--permission-mode", "acceptEdit", stdin="hi")
    assert refused.code != 0
    assert "acceptEdits" in refused.err  # the modes that it knows


def test_codex_takes_the_flags_that_we_print_and_refuses_others(codex: Host, tmp_path: Path) -> None:
    assert codex.run(tmp_path, *CODEX_FLAGS, "--help").code == 0
    refused = codex.run(tmp_path, "exec", "--sandbox", "workspace", "-", stdin="hi")
    assert refused.code != 0
    assert "workspace-write" in refused.err


def test_in_claude_code_the_guard_denies_and_the_stop_hook_sends_back(claude: Host, checkout: Repository) -> None:
    install(checkout, "claude-code")
    with serving(ClaudeModel([CLAUDE_WRITES, *CLAUDE_STOPS])) as model:
        ask_claude(claude, checkout, model)
    _, denied, *sent_back = model.told("messages")
    assert DENIED in denied
    assert (checkout.root / CONTRACT).exists()
    assert len(sent_back) == 3  # --max-blocks
    assert all("Gate G1 Intake Approval has not passed" in each for each in sent_back)


def test_in_claude_code_without_the_hooks_nothing_is_denied(claude: Host, checkout: Repository) -> None:
    with serving(ClaudeModel([CLAUDE_WRITES, *CLAUDE_STOPS])) as model:
        ask_claude(claude, checkout, model)
    assert not (checkout.root / CONTRACT).exists()
    assert len(model.requests) == 2


def configure_codex(codex: Host, repository: Repository, url: str, states: str = "") -> None:
    config = codex.home / ".codex/config.toml"
    config.parent.mkdir(exist_ok=True)
    config.write_text(
        'model = "m"\nmodel_provider = "loopback"\n[model_providers.loopback]\nname = "loopback"\n'
        f'base_url = "{url}/v1"\nwire_api = "responses"\n'
        f'[projects."{repository.root}"]\ntrust_level = "trusted"\n{states}'
    )


def list_codex_hooks(codex: Host, repository: Repository) -> dict[str, Any]:
    """What Codex finds in the files of the repository: `{hooks, warnings, errors}`."""
    asked = (
        {"id": 1, "method": "initialize", "params": {"clientInfo": {"name": "test", "version": "1"}}},
        {"method": "initialized"},
        {"id": 2, "method": "hooks/list", "params": {"cwds": [str(repository.root)]}},
    )
    with subprocess.Popen(
        (str(codex.program), "app-server"),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=codex.environment,
    ) as server:  # fmt: skip
        assert server.stdin
        assert server.stdout
        server.stdin.write("".join(f"{json.dumps(each)}\n" for each in asked))
        server.stdin.flush()
        answer = next(each for line in server.stdout if (each := json.loads(line)).get("id") == 2)
        server.kill()
    found: dict[str, Any] = answer["result"]["data"][0]
    return found


def trust_all(codex: Host, repository: Repository) -> str:
    """What Codex keeps when a person trusts the hooks in `/hooks`."""
    hooks = list_codex_hooks(codex, repository)["hooks"]
    return "".join(f'[hooks.state."{hook["key"]}"]\ntrusted_hash = "{hook["currentHash"]}"\n' for hook in hooks)


def test_codex_reads_the_file_that_we_write_and_names_a_broken_one(codex: Host, checkout: Repository) -> None:
    configure_codex(codex, checkout, "http://127.0.0.1:9")
    install(checkout, "codex")
    found = list_codex_hooks(codex, checkout)
    assert (found["warnings"], found["errors"]) == ([], [])
    assert [(hook["eventName"], hook["command"], hook["timeoutSec"]) for hook in found["hooks"]] == [
        ("preToolUse", "orch hook guard --target codex", 10),
        ("stop", "orch hook stop --target codex", 900),
    ]
    checkout.write(".codex/hooks.json", '{"hooks": {"Stop": [{"hooks": [{"type": "command"}]}]}}')
    broken = list_codex_hooks(codex, checkout)
    assert broken["hooks"] == []
    assert broken["warnings"]


def test_in_codex_exec_trusted_hooks_deny_and_send_back(codex: Host, checkout: Repository) -> None:
    install(checkout, "codex")
    with serving(CodexModel([CODEX_WRITES, *CODEX_STOPS])) as model:
        configure_codex(codex, checkout, model.url)
        configure_codex(codex, checkout, model.url, trust_all(codex, checkout))
        ended = codex.run(checkout.root, *CODEX_FLAGS, stdin="hi")
    assert ended.code == 0, ended
    _, denied, *sent_back = model.told("input")
    assert DENIED in denied
    assert (checkout.root / CONTRACT).exists()
    assert len(sent_back) == 3  # --max-blocks
    assert all("Gate G1 Intake Approval has not passed" in each for each in sent_back)
    assert finds_no_problem(checkout, codex)


def finds_no_problem(repository: Repository, codex: Host) -> bool:
    """Whether `orch doctor` finds nothing wrong with the hooks."""
    found = repository.orch("doctor", "--json", env={"HOME": str(codex.home)}).json
    return [row["status"] for row in found if row["subject"] == "hooks"] == ["ok"]


def test_codex_exec_skips_hooks_that_are_not_trusted_and_the_doctor_says_so(codex: Host, checkout: Repository) -> None:
    install(checkout, "codex")
    with serving(CodexModel([CODEX_WRITES, *CODEX_STOPS])) as model:
        configure_codex(codex, checkout, model.url)
        ended = codex.run(checkout.root, *CODEX_FLAGS, stdin="hi")
    assert ended.code == 0, ended
    assert len(model.requests) == 2
    assert not finds_no_problem(checkout, codex)


def ask_copilot(copilot: Host, repository: Repository, model: Model) -> None:
    config = copilot.home / ".copilot/config.json"
    config.parent.mkdir(exist_ok=True)
    config.write_text(json.dumps({"trustedFolders": [str(repository.root)]}))
    env = {
        "COPILOT_OFFLINE": "true", "COPILOT_PROVIDER_BASE_URL": model.url, "COPILOT_PROVIDER_TYPE": "anthropic",
        "COPILOT_PROVIDER_API_KEY": "none", "COPILOT_MODEL": "claude-sonnet-4",
    }  # fmt: skip
    ended = copilot.run(repository.root, "-p", "hi", "--allow-all-tools", **env)
    assert ended.code == 0, ended


@pytest.mark.parametrize("wiring", ["copilot", "claude-code"])
def test_copilot_obeys_our_file_and_that_of_claude_code_which_it_reads_too(
    copilot: Host, checkout: Repository, wiring: str
) -> None:
    install(checkout, wiring)
    deletes, reads = (
        {"type": "tool_use", "id": name, "name": "bash", "input": {"command": command, "description": "it"}}
        for name, command in (("t1", f"rm {CONTRACT}"), ("t2", f"head -c 20 {CONTRACT}"))
    )
    with serving(ClaudeModel([deletes, reads, *CLAUDE_STOPS])) as model:
        ask_copilot(copilot, checkout, model)
    _, denied, allowed, *sent_back = model.told("messages")
    assert f"Denied by preToolUse hook: orch: {DENIED}" in denied
    assert "gate" in allowed
    assert (checkout.root / CONTRACT).exists()
    assert all("Gate G1 Intake Approval has not passed" in each for each in sent_back)
    assert len(sent_back) == 3  # --max-blocks


def test_in_gemini_cli_the_guard_denies_and_the_stop_hook_sends_back(gemini: Host, checkout: Repository) -> None:
    install(checkout, "gemini")
    config = gemini.home / ".gemini"
    config.mkdir(exist_ok=True)
    settings = {
        "security": {"auth": {"selectedType": "gemini-api-key"}, "folderTrust": {"enabled": True}},
        "general": {"enableAutoUpdate": False},
        "privacy": {"usageStatisticsEnabled": False},
    }
    (config / "settings.json").write_text(json.dumps(settings))
    (config / "trustedFolders.json").write_text(json.dumps({str(checkout.root): "TRUST_FOLDER"}))
    deletes = {"functionCall": {"name": "run_shell_command", "args": {"command": f"rm {CONTRACT}"}}}
    with serving(GeminiModel([deletes, *({"text": words} for words in WORDS)])) as model:
        env = {"GEMINI_API_KEY": "none", "GOOGLE_GEMINI_BASE_URL": model.url, "GEMINI_MODEL": "gemini-2.5-flash"}
        ended = gemini.run(checkout.root, "-p", "hi", "--yolo", **env)
    assert ended.code == 0, ended
    _, denied, *sent_back = model.told("contents")
    assert DENIED in denied
    assert (checkout.root / CONTRACT).exists()
    assert all("Gate G1 Intake Approval has not passed" in each for each in sent_back)
    assert len(sent_back) == 3  # --max-blocks
