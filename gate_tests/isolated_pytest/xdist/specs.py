"""Which workers run the checks of a judgement: so many on this machine, so many at another host."""

import os
import re
import shlex
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec

from gate_tests.errors import Refused

_SPEC = re.compile(
    r"(?:(?P<count>[1-9]\d{0,2})\*)?"
    r"(?:popen|socket=(?P<address>[\w.-]+):(?P<port>[1-9]\d{0,4}))"
    r"(?://python=(?P<python>/(?:(?!//)[^\n])+))?",
    re.ASCII,
)
_KNOWN = "[N*]popen and [N*]socket=HOST:PORT, each with //python=/PATH where it is another Python"


@dataclass(frozen=True)
class Workers:
    """`count` workers on this machine, or at the execnet server that listens at `server` (HOST:PORT)."""

    count: int
    server: str | None = None
    python: str | None = None

    @classmethod
    def parse(cls, spec: str) -> "Workers":
        """What an execnet spec asks for. Raises Refused for one that we do not offer."""
        match = _SPEC.fullmatch(spec)
        if not match or (match["port"] and int(match["port"]) >= 1 << 16):
            raise Refused(f"--tx {spec!r} says nothing of a worker (known: {_KNOWN})")
        server = match["address"] and f"{match['address']}:{match['port']}"
        return cls(int(match["count"] or 1), server, match["python"])

    def __str__(self) -> str:
        """The spec that says the same."""
        python = f"//python={self.python}" if self.python else ""
        return f"{self.count}*{f'socket={self.server}' if self.server else 'popen'}{python}"


def require_xdist() -> None:
    """Raises Refused where pytest-xdist is not installed."""
    if find_spec("xdist") is None:
        raise Refused("workers need pytest-xdist", next_command="pip install 'orch-runner[xdist]'")


def xdist_arguments(workers: Iterable[Workers]) -> list[str]:
    """The options of pytest-xdist that start them: every one a process of its own, isolated, and none a second time.

    A socket server runs what it is sent in its own process, with what earlier sessions have left there. So it is only
    the proxy (`--px`) that starts workers at its host.
    """
    arguments = ["--dist=load", "--max-worker-restart=0"]
    for number, each in enumerate(workers):
        via = ""
        if each.server:
            arguments.append(f"--px=id=host{number}//socket={each.server}")
            via = f"//via=host{number}"
        arguments.append(f"--tx={each.count}*popen{via}//python={_python(each)}")
    return arguments


def _python(workers: Workers) -> str:
    """The isolated interpreter as execnet wants it, which takes it apart like a shell.

    Here it runs without `site`, as the judging process does; at another host only `site` knows where packages are.
    """
    here = not workers.server and not workers.python
    flags = ["-I", *(["-S"] if here else []), f"-Xutf8={sys.flags.utf8_mode}"]
    dont_write = ["-B"] if sys.flags.dont_write_bytecode else []
    return shlex.join([workers.python or os.path.abspath(sys.executable), *flags, *dont_write])
