"""Whether Codex trusts the hooks of a repository, as far as its own configuration shows.

Codex keeps for each hook, by its file, event and place, the hash of what was trusted in `/hooks`; it skips every other
one without a word (codex-rs/hooks: engine/discovery.rs).
"""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from runner.agents.hooks.wiring.found_hooks import FoundHook
from runner.doctor.diagnosis import Diagnosis

CONFIG_FILE: Final = ".codex/config.toml"
"""Of a repository; hooks in it are run beside those of `.codex/hooks.json`."""
_TRUST: Final = "start codex here, and trust the directory and then the hooks with /hooks"
_EXEC: Final = "so does `codex exec`, without a word, unless it is given --dangerously-bypass-hook-trust"
"""Seen with 0.171. Earlier versions skipped trusted ones there too (openai/codex#32491, #46210)."""


def read_toml(path: Path) -> dict[str, Any]:
    """The data of a TOML file; empty without a valid one."""
    import tomllib

    try:
        return tomllib.loads(path.read_bytes().decode())
    except (OSError, ValueError):
        return {}


def diagnose_codex_trust(subject: str, hooks_file: Path, hooks: Iterable[FoundHook], top: Path) -> Iterator[Diagnosis]:
    """A warning unless Codex has been told to trust the directory and each of the hooks in the file."""
    file = Path(os.environ.get("CODEX_HOME") or Path("~/.codex").expanduser()) / "config.toml"
    config, named = read_toml(file), hooks_file.relative_to(top)
    if _get(config, "projects", os.path.realpath(top), "trust_level") != "trusted":
        message = f"{named}: by {file}, Codex does not trust this directory and skips the hooks"
        yield Diagnosis.warn(subject, f"{message}; {_EXEC}", advice=_TRUST)
        return
    states = {hook.event: _find_state(config, hooks_file, hook) for hook in hooks}
    if unknown := [event for event, state in states.items() if not _get(state, "trusted_hash")]:
        message = f"{named}: by {file}, Codex does not trust the hooks of {' and '.join(unknown)} and skips them"
        yield Diagnosis.warn(subject, f"{message}; {_EXEC}", advice=_TRUST)
    elif disabled := [event for event, state in states.items() if _get(state, "enabled") is False]:
        message = f"{named}: by {file}, the hooks of {' and '.join(disabled)} are disabled"
        yield Diagnosis.warn(subject, message, advice="start codex here, and enable them with /hooks")


def _find_state(config: dict[str, Any], hooks_file: Path, hook: FoundHook) -> Any:
    """What Codex keeps of a hook: its key is `FILE:event_in_snake_case:GROUP:NUMBER`."""
    event = re.sub(r"(?<!^)(?=[A-Z])", "_", hook.event).lower()
    place = f"{event}:{hook.path[2]}:{hook.path[-1]}"
    paths = (str(hooks_file), os.path.realpath(hooks_file))
    return next((state for path in paths if (state := _get(config, "hooks", "state", f"{path}:{place}"))), None)


def _get(data: Any, *keys: str) -> Any:
    """The value at these keys; None where there is none."""
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data
