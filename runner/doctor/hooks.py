"""Diagnoses the hooks of agents: where they are wired, and what keeps a host from running them."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from gate_tests.errors import OrchError
from runner import suggestions
from runner.agents.hooks.hosts import HOSTS
from runner.agents.hooks.wiring.change import parse_settings
from runner.agents.hooks.wiring.found_hooks import FoundHook, find_hooks
from runner.agents.hooks.wiring.settings_file import (
    LOCAL_PATHS,
    SettingsFile,
    explain_missing_program,
    find_top,
    list_evident_targets,
)
from runner.doctor.codex_trust import CONFIG_FILE, diagnose_codex_trust, read_toml
from runner.doctor.diagnosis import Diagnosis

_SUBJECT: Final = "hooks"


class _Wiring(NamedTuple):
    """A file of a host: its data and our hooks in it. `options` select it in `orch hook` commands."""

    target: str
    path: str
    data: Any
    hooks: tuple[FoundHook, ...]
    options: tuple[str, ...] = ()

    @property
    def install_command(self) -> str:
        return suggestions.wire_hooks("install", self.target, *self.options)


def diagnose_hooks(root: Path) -> Iterator[Diagnosis]:
    """The hooks in the files of the hosts that have a directory in the repository."""
    top = find_top(root)
    for target in list_evident_targets(top):
        wirings, is_valid = list[_Wiring](), True
        for file, options in _list_files(top, target):
            try:
                wirings += _read(file, target, options)
            except OrchError as error:
                is_valid, first = False, error.message.splitlines()[0]
                message = f"{first}; {HOSTS[target].title} may find no hooks there"
                yield Diagnosis.warn(_SUBJECT, message, error.next_command, advice=error.advice)
        diagnoses = [*_diagnose_host(top, target, wirings)]
        yield from diagnoses if is_valid or any(wiring.hooks for wiring in wirings) else ()


def _list_files(top: Path, target: str) -> Iterator[tuple[SettingsFile, tuple[str, ...]]]:
    yield SettingsFile(top, HOSTS[target].settings_path), ()
    if target in LOCAL_PATHS:
        yield SettingsFile(top, LOCAL_PATHS[target]), ("--local",)


def _read(file: SettingsFile, target: str, options: tuple[str, ...]) -> list[_Wiring]:
    """The file, if there is one; for Codex, hooks in its config.toml too."""
    content = file.read()
    found = [] if content is None else [(file.path, parse_settings(file.path, content, target))]
    if target == "codex" and (data := read_toml(file.top / CONFIG_FILE)):
        found.append((CONFIG_FILE, data))
    return [_Wiring(target, path, data, tuple(find_hooks(data, target)), options) for path, data in found]


def _diagnose_host(top: Path, target: str, wirings: list[_Wiring]) -> Iterator[Diagnosis]:
    title, wired = HOSTS[target].title, [wiring for wiring in wirings if wiring.hooks]
    problems = [*_list_problems(top, wired), *_find_disabled(wirings)] if wired else []
    if wired and target == "codex":
        problems += diagnose_codex_trust(_SUBJECT, top / wired[0].path, wired[0].hooks, top)
    yield from problems
    if not wired:
        yield Diagnosis.ok(_SUBJECT, f"{title}: no hooks of orch in {HOSTS[target].settings_path}")
    elif not problems:
        names = " and ".join(dict.fromkeys(str(hook.kind) for wiring in wired for hook in wiring.hooks))
        yield Diagnosis.ok(_SUBJECT, f"{title}: {names}, in {' and '.join(wiring.path for wiring in wired)}")


def _list_problems(top: Path, wired: list[_Wiring]) -> Iterator[Diagnosis]:
    """What is wrong with the hooks themselves."""
    missing = explain_missing_program()
    if len(wired) > 1 and not missing:
        paths = " and ".join(wiring.path for wiring in wired)
        yield Diagnosis.warn(_SUBJECT, f"hooks of orch are in {paths}: each runs twice", advice="remove one of them")
    for wiring in wired:
        for hook in wiring.hooks:
            place = f"{wiring.path}: {hook.event}: `{hook.command}`"
            if problem := hook.find_problem(wiring.target):
                yield _to_be_fixed(wiring, f"{place}: {problem}")
            elif os.path.isabs(hook.program) and not os.access(hook.program, os.X_OK):
                yield _to_be_fixed(wiring, f"{place}: there is no program {hook.program}")
    if missing and all(hook.program == "orch" for wiring in wired for hook in wiring.hooks):
        yield _explain_program(wired[0], missing)


def _to_be_fixed(wiring: _Wiring, message: str) -> Diagnosis:
    if wiring.path == CONFIG_FILE:
        return Diagnosis.warn(_SUBJECT, message, advice=f"move the hook to {HOSTS['codex'].settings_path}")
    return Diagnosis.warn(_SUBJECT, message, wiring.install_command)


def _explain_program(wiring: _Wiring, problem: str) -> Diagnosis:
    message = f"{wiring.path} calls orch by its name, but {problem}: the hook fails, and the agent may stop"
    if wiring.target in LOCAL_PATHS:
        return Diagnosis.warn(_SUBJECT, message, suggestions.wire_hooks("install", wiring.target, "--local"))
    return Diagnosis.warn(_SUBJECT, message, advice="activate the environment of orch where the host is started")


def _find_disabled(wirings: list[_Wiring]) -> Iterator[Diagnosis]:
    """Where a setting disables all hooks of the host: in one of the files, or in the person's own."""
    own = (_Wiring(target, path, _read_own(path), ()) for target, path in _OWN_SETTINGS.items())
    targets = {wiring.target for wiring in wirings}
    for wiring in (*wirings, *(each for each in own if each.target in targets)):
        if isinstance(wiring.data, dict) and wiring.data.get("disableAllHooks") is True:
            message = f"{wiring.path}: disableAllHooks is true: {HOSTS[wiring.target].title} runs no hook"
            yield Diagnosis.warn(_SUBJECT, message, advice="remove disableAllHooks from the file")


_OWN_SETTINGS: Final = {"claude-code": "~/.claude/settings.json", "copilot": "~/.copilot/settings.json"}


def _read_own(path: str) -> Any:
    try:
        return json.loads(Path(path).expanduser().read_bytes())
    except (OSError, ValueError, RuntimeError):
        return None
