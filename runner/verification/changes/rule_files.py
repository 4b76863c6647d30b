"""Changes of files that contracts name and that decide, too: programs, scripts and JSON schemas in the repository."""

import re
from collections.abc import Collection, Iterator
from typing import Final

from gate_tests.compiler.templates import VARIABLE
from gate_tests.contract import Contract
from gate_tests.errors import Refused
from gate_tests.workspace.layout import CONTRACT_SUFFIX, Workspace
from gate_tests.workspace.names import normal_path
from runner.verification.changes.change_set import ChangeSet
from runner.verification.changes.changed_rules import read_contract_leniently
from runner.verification.changes.report import RuleChange, RuleEffect

_CONTRACTS: Final = "orchestration/gates/contracts/"
_RECORDS: Final = "orchestration/runs/"
_WORK: Final = ("{artifact_path}", "{client_component}")
"""Where the work itself is, which is judged."""


def find_changed_rule_files(workspace: Workspace, changes: ChangeSet) -> Iterator[RuleChange]:
    """The changed files that a contract names, as it is in the base or at present. Nobody knows what they do now."""
    if all(path.startswith(_RECORDS) for path in changes.changes):
        return
    changed = [path for path, change in changes.changes.items() if change.before]  # a new one made no work pass
    for gate, contract in _list_contracts(workspace, changes):
        for subject, named in dict.fromkeys(_list_files(contract)):
            for path in _find_changed(changes, changed, named):
                what = "changed" if changes.changes[path].after else "deleted"
                yield RuleChange(RuleEffect.UNKNOWN, gate, path, f"{subject} {path}", what)


def _find_changed(changes: ChangeSet, changed: Collection[str], named: str) -> list[str]:
    """The changed files that a path in a contract may mean: with variables, each that it means with some values."""
    if named.startswith(_WORK):
        return []
    if VARIABLE.search(named):
        parts = VARIABLE.split(named)[::2]
        return [path for path in changed if re.fullmatch(".+".join(map(re.escape, parts)), path)]
    containing = [path for each in (named, changes.links.follow(named)) for path in _list_upwards(each)]
    return [path for path in dict.fromkeys(containing) if path in changed][:1]


def _list_upwards(path: str) -> Iterator[str]:
    """The path and those of which one can be a symlink or a submodule that has it."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def _list_contracts(workspace: Workspace, changes: ChangeSet) -> Iterator[tuple[str, Contract]]:
    """Of each gate the contract in the base, which the change cannot hide, or that of a gate which the base lacks."""
    changed = [path for path in changes.changes if path.startswith(_CONTRACTS)]
    present = [f"{_CONTRACTS}{gate}{CONTRACT_SUFFIX}" for gate in workspace.gates_with_contract()]
    for path in dict.fromkeys((*sorted(changed), *present)):
        content = changes.read_base(path) if path in changes.changes else None
        content = changes.read_present(path) if content is None else content
        contract = read_contract_leniently(path, content) if content else None
        if contract:
            yield contract.gate, contract


def _list_files(contract: Contract) -> Iterator[tuple[str, str]]:
    """(What it is, path) of each text that may be the path of a file."""
    for script in contract.pre_scripts:
        yield from _list_paths("pre_script", (script.interpreter or "", script.path, *script.arguments))
    for check in contract.validations:
        command = check.keys.get("command")
        if check.type == "command" and isinstance(command, list):
            yield from _list_paths("program", command)
        if check.type == "json_schema":
            yield from _list_paths("schema", (check.keys.get("schema"),))


def _list_paths(subject: str, texts: object) -> Iterator[tuple[str, str]]:
    for text in texts if isinstance(texts, list | tuple) else ():
        for path in (str(text), str(text).partition("=")[2]):  # `--config=tools/rules.json`
            try:
                yield subject, normal_path(path, "path")
            except Refused:
                continue
