"""Whether an agent may read what a command prints."""

from collections.abc import Mapping
from typing import Final

_VARIABLES: Final = ("ORCH_GATE", "CLAUDECODE")
_PREFIX: Final = "CODEX_"


def may_be_read_by_agent(environ: Mapping[str, str], *, is_terminal: bool) -> bool:
    """Whether an agent may read the output: it is no terminal, or the environment is that of an agent's program."""
    return not is_terminal or any(name in _VARIABLES or name.startswith(_PREFIX) for name in environ)
