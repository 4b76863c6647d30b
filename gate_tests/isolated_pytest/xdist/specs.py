"""The specs of the workers that run the checks: how many on this machine, how many on which other host."""

import os
import re
import shlex
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final

from gate_tests import suggestions
from gate_tests.errors import Refused

_SPEC: Final = re.compile(
    r"(?:(?P<count>[1-9]\d{0,2})\*)?"
    r"(?:popen|socket=(?P<address>[\w.-]+):(?P<port>[1-9]\d{0,4}))"
    r"(?://python=(?P<python>/(?:(?!//)[^\n])+))?",
    re.ASCII,
)
_KNOWN: Final = "[N*]popen and [N*]socket=HOST:PORT, each optionally with //python=/PATH"


@dataclass(frozen=True)
class Workers:
    """`count` workers on this machine, or on the host of the execnet server at `server` (HOST:PORT)."""

    count: int
    server: str | None = None
    python: str | None = None

    @classmethod
    def parse(cls, spec: str) -> "Workers":
        """Parses an execnet spec. Raises Refused for one that is not supported."""
        match = _SPEC.fullmatch(spec)
        if not match or (match["port"] and int(match["port"]) >= 1 << 16):
            raise Refused(f"invalid --tx {spec!r} (known: {_KNOWN})")
        server = match["address"] and f"{match['address']}:{match['port']}"
        return cls(int(match["count"] or 1), server, match["python"])

    def __str__(self) -> str:
        """The spec that `parse` reads back."""
        python = f"//python={self.python}" if self.python else ""
        return f"{self.count}*{f'socket={self.server}' if self.server else 'popen'}{python}"


def require_xdist() -> None:
    """Raises Refused if pytest-xdist is not installed."""
    if find_spec("xdist") is None:
        raise Refused("workers need pytest-xdist", next_command=suggestions.INSTALL_XDIST)


def xdist_arguments(workers: Iterable[Workers]) -> list[str]:
    """The options of pytest-xdist that start the workers: isolated processes, none of which is restarted.

    A socket server runs code in its own process, where earlier sessions may have left something. So it is only used
    as the proxy (`--px`) that starts workers on its host.
    """
    arguments = ["--dist=load", "--max-worker-restart=0"]
    for number, each in enumerate(workers):
        via = ""
        if each.server:
            arguments.append(f"--px=id=host{number}//socket={each.server}")
            via = f"//via=host{number}"
        arguments.append(f"--tx={each.count}*popen{via}//python={_interpreter_command(each)}")
    return arguments


def _interpreter_command(workers: Workers) -> str:
    """The command of an isolated interpreter, quoted as for a shell: execnet splits it.

    On this machine it runs without `site`, as the judging process does; on another host only `site` knows where the
    packages are.
    """
    is_local = not workers.server and not workers.python
    flags = ["-I", *(["-S"] if is_local else []), f"-Xutf8={sys.flags.utf8_mode}"]
    dont_write = ["-B"] if sys.flags.dont_write_bytecode else []
    return shlex.join([workers.python or os.path.abspath(sys.executable), *flags, *dont_write])
