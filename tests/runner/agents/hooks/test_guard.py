"""The guard: which tool calls are denied, and which go on."""

import json
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from runner.agents.hooks.guard import ToolCall, find_denial
from tests.support.git_checkout import git
from tests.support.messages import message

CONTRACT = "orchestration/gates/contracts/G1.contract.json"
RECORD = "orchestration/runs/run_1/record/RUN.json"
WORKFLOW = "orchestration/workflows/essay.json"
PATCH = "*** Begin Patch\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root, and another one below it."""
    for path in (CONTRACT, RECORD, WORKFLOW, f"svc/{CONTRACT}", "src/a.md", "orchestration/prompts/p.md"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("{}")
    (tmp_path / "link").symlink_to("orchestration/gates")
    return tmp_path


def denial(root: Path, tool: str, arguments: Any, directory: str = "") -> str | None:
    told = {"tool_name": tool, "tool_input": arguments, "cwd": str(root / directory)}
    return find_denial(ToolCall.parse(json.dumps(told).encode()))


DENIED_PATHS = {
    CONTRACT: "is a contract",
    "./src/../orchestration/gates/contracts/new.contract.json": "is a contract",
    "orchestration/gates/schemas/a.json": "is a schema of a contract",
    "orchestration/gates/programs/count.py": "is a program of a contract",
    WORKFLOW: "is a workflow",
    RECORD: "is part of the record of a run",
    "orchestration/runs/run_1/record/gates/G1/attempt-1.json": "is part of the record of a run",
    "link/contracts/G1.contract.json": "is a contract",
    f"svc/{CONTRACT}": "is a contract",
}


@pytest.mark.parametrize(("path", "why"), DENIED_PATHS.items(), ids=DENIED_PATHS)
def test_a_write_to_what_the_agent_is_judged_by_is_denied_with_the_reason(root: Path, path: str, why: str) -> None:
    for named in (path, str(root / path)):
        assert why in (denial(root, "Write", {"file_path": named, "content": "{}"}) or "")


ALLOWED_PATHS = (
    "src/a.md", "orchestration/prompts/p.md", "orchestration/runs/run_1/logs/a.txt", "orchestration/README.md",
    "other/orchestration/gates.md", "no-root/orchestration/runs/run_1/record/RUN.json", "gates/contracts/a.json",
)  # fmt: skip


@pytest.mark.parametrize("path", ALLOWED_PATHS)
def test_every_other_file_may_be_written(root: Path, path: str) -> None:
    assert denial(root, "Write", {"file_path": path}) is None


def test_a_relative_path_begins_where_the_agent_is(root: Path) -> None:
    assert denial(root, "Edit", {"file_path": "contracts/G1.contract.json"}, "orchestration/gates")
    assert denial(root, "Edit", {"file_path": "contracts/G1.contract.json"}, "src") is None


TOOLS = {
    "Write": ("Write", {"file_path": CONTRACT, "content": ""}),
    "Edit": ("Edit", {"file_path": CONTRACT, "old_string": "a", "new_string": "b"}),
    "MultiEdit": ("MultiEdit", {"file_path": CONTRACT, "edits": []}),
    "NotebookEdit": ("NotebookEdit", {"notebook_path": CONTRACT}),
    "apply_patch of Codex": ("apply_patch", {"command": f"{PATCH}*** Update File: {CONTRACT}\n@@\n-a\n+b\n"}),
    "a patch that moves a file": ("apply_patch", {"input": f"{PATCH}*** Update File: a\n*** Move to: {CONTRACT}\n"}),
    "a patch as the whole input": ("Edit", f"{PATCH}*** Delete File: {RECORD}\n*** End Patch\n"),
    "write_file of Gemini": ("write_file", {"file_path": CONTRACT, "content": ""}),
    "replace of Gemini": ("replace", {"file_path": CONTRACT}),
    "create of Copilot": ("create", {"path": CONTRACT}),
    "str_replace_editor": ("str_replace_editor", {"command": "str_replace", "path": CONTRACT}),
    "StrReplace of Cursor": ("StrReplace", {"path": CONTRACT}),
    "Delete of Cursor": ("Delete", {"path": CONTRACT}),
    "an MCP server": ("mcp__filesystem__move_file", {"source": CONTRACT, "destination": "/tmp/x"}),
    "a list of paths": ("mcp__fs__delete_files", {"paths": ["a", CONTRACT]}),
    "a list of edits": ("edit_files", {"edits": [{"path": "a"}, {"path": CONTRACT}]}),
    "arguments as a text": ("create", json.dumps({"path": CONTRACT})),
}  # fmt: skip


@pytest.mark.parametrize(("tool", "arguments"), TOOLS.values(), ids=TOOLS.keys())
def test_the_tools_of_all_hosts_are_understood(root: Path, tool: str, arguments: Any) -> None:
    assert denial(root, tool, arguments)


READS = {
    "Read": ("Read", {"file_path": CONTRACT}),
    "Grep": ("Grep", {"path": CONTRACT, "pattern": "a"}),
    "a copy": ("mcp__fs__copy_file", {"source": CONTRACT, "destination": "/tmp/x"}),
    "view": ("str_replace_editor", {"command": "view", "path": CONTRACT}),
    "a patch of another file": ("apply_patch", {"command": f"{PATCH}*** Update File: a.md\n+{CONTRACT}\n"}),
    "a text about a contract": ("Write", {"file_path": "a.md", "content": f"rm {CONTRACT}"}),
}


@pytest.mark.parametrize(("tool", "arguments"), READS.values(), ids=READS.keys())
def test_to_read_is_allowed(root: Path, tool: str, arguments: Any) -> None:
    assert denial(root, tool, arguments) is None


DENIED_COMMANDS = (
    f"echo '{{}}' > {CONTRACT}", f"echo x >>{CONTRACT}", f"cat a 2>&1 | tee -a {CONTRACT}",
    f"sed -i s/8/1/ {CONTRACT}", f"sed -i.bak -e s/8/1/ {CONTRACT}", f"rm -f {RECORD}",
    "rm -rf orchestration/runs/run_1", "rm -rf ./orchestration/", f"cp a.json {CONTRACT}", f"mv {CONTRACT} b.json",
    f"ln -sf a {CONTRACT}", f"git checkout HEAD~3 -- {CONTRACT}", f"git -c a=b restore --source main {WORKFLOW}",
    "cd orchestration/gates && rm contracts/G1.contract.json", f"bash -lc 'rm {CONTRACT}'",
    f"(true; rm {CONTRACT})", f"true\nrm {CONTRACT}", f"sudo rm {CONTRACT}", f"A=1 env B=2 rm {CONTRACT}",
    f"dd if=a of={CONTRACT}", "rm orchestration/gates/contracts/*.json",
    "find orchestration/gates/contracts -name '*.json' -delete", f"truncate -s 0 {CONTRACT}", f"touch {CONTRACT}",
    f"cat <<EOF > {CONTRACT}\n{{}}\nEOF", f"cat > {CONTRACT} <<'EOF'\n{{}}\nEOF\n",
    f'echo "unbalanced > {CONTRACT}', f"if true; then rm {CONTRACT}; fi", f"perl -pi -e s/8/1/ {CONTRACT}",
    "rm -r svc/orchestration", "orch gate finish --run r --gate G1 --accept-contract",
    "cd x && /opt/bin/orch gate start --accept-contract", "python3 -m runner gate finish --accept-contract",
    "sh -c 'orch gate finish --accept-contract'", "git rm -r orchestration/workflows",
    "chmod 777 orchestration/workflows/essay.json", "eval rm orchestration/workflows/a",
    "pushd orchestration/gates && rm contracts/G1.contract.json", f"timeout 5 rm {CONTRACT}",
    f"sudo -u me rm {CONTRACT}",
    "rm -rf orchestration/*", "rm -rf orchestration/g*", "rm orchestration/*/contracts/*.json",
    "rm -rf orchestration/runs/*", f"echo '>'>'{CONTRACT}'",
    "rm -rf .", "rm -rf *", "rm -rf ./orch*", "rm -rf svc", "rm -rf $PWD/orchestration", f'rm "${{PWD}}/{CONTRACT}"',
    "cp -t orchestration/gates/contracts a", "cp -r /tmp/contracts orchestration/gates/",
    "cp -r /tmp/gates orchestration",
    f"jq . {CONTRACT} | sponge {CONTRACT}", f"yq -i .a=1 {CONTRACT}", f"curl -o {CONTRACT} http://x",
    f"wget --output-document={CONTRACT} http://x", f"if rm {CONTRACT}; then true; fi",
    f"perl -0777pi -e s/8/1/ {CONTRACT}",
    "find orchestration/gates/contracts -name '*.json' -exec sed -i s/8/1/ {} +",
    "grep -rl depth orchestration/gates | xargs sed -i s/8/1/", f"git -C svc rm {CONTRACT}",
    f"git stash -- {CONTRACT}", f"git stash push {CONTRACT}", "uv run orch gate finish --accept-contract",
    f"apply_patch <<'EOF'\n{PATCH}*** Update File: {CONTRACT}\n@@\n-a\n+b\n*** End Patch\nEOF",
)  # fmt: skip


@pytest.mark.parametrize("command", DENIED_COMMANDS)
def test_a_command_that_plainly_writes_such_a_file_is_denied(root: Path, command: str) -> None:
    assert denial(root, "Bash", {"command": command})


ALLOWED_COMMANDS = (
    "orch gate finish --run r --gate G1", "orch run repair --run r", f"cat {CONTRACT}",
    f"cp {CONTRACT} /tmp/a.json", f"git diff HEAD -- {CONTRACT}",
    f"git add {RECORD} && git commit -m 'rm {CONTRACT}'", f"grep -n depth {CONTRACT} > out",
    "grep -- --accept-contract docs/how-to/agents.md", f"jq . {CONTRACT} | less", "rm -rf out src/a.md",
    "git checkout main", f"sed -n 1,5p {CONTRACT}", f"cat > notes.md <<EOF\nrm {CONTRACT}\nEOF",
    f"echo 'see > {CONTRACT}'", "", "git commit -m '--accept-contract'", "orch contract explain G1",
    "ls orchestration/runs", "find orchestration -name '*.json'", "rm orchestration/runs/run_1/logs/prompt.txt",
    "pytest -q", "echo ';' '&&'", "cd orchestration/gates && ls contracts",
    "(cd orchestration/gates/contracts && ls); echo x > out.md", f"git commit -m checkout {CONTRACT}",
    "git checkout -b orchestration", f"git restore --staged {CONTRACT}", f"perl -Mstrict -ne print {CONTRACT}",
    f"cat <<'END-X' > notes.md\nrm {CONTRACT}\nEND-X", f"cat <<'A B' > notes.md\nrm {CONTRACT}\nA B",
    f"ls  # don't > {CONTRACT}", f"echo a#b '#' # rm {CONTRACT}", f"tee notes.md < {CONTRACT}",
    f"patch -p1 < {CONTRACT}",
    "find orchestration -name rm", "rm -rf *.tmp", "chmod +x *", "find . -name '*.pyc' -delete",
    "grep -rl a . | xargs sed -i s/a/b/",
    f"grep -c '>' {CONTRACT}", f"grep -c \\> {CONTRACT}", f'rg ">>" {CONTRACT}', "rm -f orchestration/*.bak",
    "git stash pop", f"git stash show {CONTRACT}", "git clean -n", "cp -r orchestration /tmp/copy", "git stash",
    "git checkout .",
)  # fmt: skip


@pytest.mark.parametrize("command", ALLOWED_COMMANDS)
def test_every_other_command_goes_on(root: Path, command: str) -> None:
    assert denial(root, "Bash", {"command": command}) is None


@pytest.mark.parametrize(
    "before", ["curl", "mv", "cp", "rm \ud800", "echo > \0", "git", "find", "cd \ud800; cd -", "python"]
)
def test_what_cannot_be_read_hides_nothing_after_it(root: Path, before: str) -> None:
    assert denial(root, "Bash", {"command": f"{before}; rm {root / CONTRACT}"})


def commit_all(root: Path) -> None:
    for arguments in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "-m", "first")):
        git(root, *arguments)


WRITING_PROGRAMS = {
    "open": f"python3 -c \"open('{CONTRACT}', 'w').write('x')\"",
    "open with escaped quotes": f'python3 -c "open(\\"{CONTRACT}\\", mode=\\"r+\\")"',
    "a path": f"python3 - <<'EOF'\nfrom pathlib import Path\nPath('{CONTRACT}').write_text('x')\nEOF",
    "a variable": f"uv run python - <<'EOF'\nimport pathlib\np = pathlib.Path(\"{CONTRACT}\")\np.write_text('x')\nEOF",
    "a text in a variable": f"python -c \"p='{CONTRACT}'; d=json.load(open(p)); json.dump(d, open(p, 'w'))\"",
    "after cd": "cd orchestration/gates && python -c \"open('contracts/a.json', 'a')\"",
    "node": f"node -e \"require('fs').writeFileSync('{CONTRACT}', '')\"",
    "removed": f"python -c \"import os; os.remove('{RECORD}')\"",
}


@pytest.mark.parametrize("command", WRITING_PROGRAMS.values(), ids=WRITING_PROGRAMS.keys())
def test_a_short_program_that_spells_out_what_it_writes_is_denied(root: Path, command: str) -> None:
    assert denial(root, "Bash", {"command": command})


READING_PROGRAMS = (
    f"python -c \"print(open('{CONTRACT}').read())\"",
    f"python -c \"p='{CONTRACT}'; print(p.replace('a', 'b')); open('out.md', 'w').write(open(p, 'rb').read())\"",
    f"python3 - <<'EOF'\np = Path('{CONTRACT}')\nq = Path('out.md')\nq.write_text(p.read_text())\nEOF",
    f"node -e \"console.log(require('fs').readFileSync('{CONTRACT}'))\"",
    f"grep -n \"open('{CONTRACT}', 'w')\" a.py",
)


@pytest.mark.parametrize("command", READING_PROGRAMS)
def test_a_short_program_that_reads_goes_on(root: Path, command: str) -> None:
    assert denial(root, "Bash", {"command": command}) is None


EVERYTHING = (
    "git checkout .", "git checkout -- svc", "git restore .", "git stash", "git stash push -m later",
    "git reset --hard",
    "git checkout -f main", "cd src && git -C .. restore .",
)  # fmt: skip


@pytest.mark.parametrize("command", EVERYTHING)
def test_git_takes_every_change_only_where_none_is_protected(root: Path, command: str) -> None:
    commit_all(root)
    (root / "src/a.md").write_text("changed")
    (root / "orchestration/prompts/p.md").write_text("changed")
    assert denial(root, "Bash", {"command": command}) is None
    (root / f"svc/{CONTRACT}").write_text("changed")
    assert CONTRACT in (denial(root, "Bash", {"command": command}) or "")


def test_git_clean_would_remove_a_record_that_is_not_committed(root: Path) -> None:
    commit_all(root)
    assert denial(root, "Bash", {"command": "git clean -fdx"}) is None
    new = root / "orchestration/runs/run_2/record/RUN.json"
    new.parent.mkdir(parents=True)
    new.write_text("{}")
    for command in ("git clean -fdx", "git clean -fd .", "git stash -u"):
        assert "run_2/record" in (denial(root, "Bash", {"command": command}) or "")
    for command in ("git clean -fd src", "git stash"):
        assert denial(root, "Bash", {"command": command}) is None


ODD = (
    "cat <<a\n" * 12_000, "<<a <<b " * 10_000, "'" * 99_999, "# '\n" * 30_000, "python;" * 9_000,
    "python " + "a" * 90_000, "python " + "open(" * 19_000, "python " + "Path('a" * 14_000,
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_a_long_odd_command_is_looked_at_fast(root: Path, text: str) -> None:
    begun = process_time()
    assert denial(root, "Bash", {"command": text}) is None
    assert process_time() - begun < 2


def test_a_command_line_is_found_in_the_input_of_each_host(root: Path) -> None:
    command = f"rm {CONTRACT}"
    assert denial(root, "Bash", {"command": ["bash", "-lc", command]})
    assert denial(root, "run_shell_command", {"command": command, "dir_path": "."})
    assert denial(root, "run_in_terminal", {"command": command})
    assert denial(root, "exec_command", {"cmd": "rm contracts/G1.contract.json", "workdir": "orchestration/gates"})
    cursor = json.dumps({"command": command, "cwd": str(root), "hook_event_name": "beforeShellExecution"})
    assert find_denial(ToolCall.parse(cursor.encode()))
    copilot = json.dumps({"toolName": "bash", "toolArgs": json.dumps({"command": command}), "cwd": str(root)})
    assert find_denial(ToolCall.parse(copilot.encode()))


def test_the_reason_says_who_may_change_it(root: Path) -> None:
    contract = message("guarded-contract", path=CONTRACT, what="a contract")
    assert denial(root, "Write", {"file_path": CONTRACT}) == contract
    assert denial(root, "Write", {"file_path": RECORD}) == message("guarded-record", path=RECORD)
    directory = message("guarded-directory", path="orchestration/runs")
    assert denial(root, "Bash", {"command": "rm -rf orchestration/runs"}) == directory
    decision = message("guarded-decision", option="--accept-contract")
    assert denial(root, "Bash", {"command": "orch gate finish --accept-contract"}) == decision


def test_where_case_does_not_count_another_spelling_is_the_same_file(root: Path) -> None:
    (root / "ORCHESTRATION").symlink_to("orchestration")  # as such a file system answers
    assert denial(root, "Write", {"file_path": "Orchestration/../ORCHESTRATION/GATES/Contracts/G1.contract.json"})
