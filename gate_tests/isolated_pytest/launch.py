"""Launches the judging process. Imports next to nothing: that process has the longest way to go, so it goes first."""

import os
import sys

KEPT_VARIABLES = (
    "PATH", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "TEMP", "TMP", "TERM", "ORCH_DEBUG",
)  # fmt: skip
_BOOTSTRAP = "import sys; sys.path += sys.argv[1:]; from gate_tests.isolated_pytest.server import main; main()"


class Launched:
    """A process that has been launched: its number, and our ends of its standard input and output."""

    def __init__(self, pid: int, requests: int, testimony: int) -> None:
        self.pid = pid
        self.requests = requests
        self.testimony = testimony


_ahead: list[Launched] = []
"""The process that was launched ahead, until somebody takes it. Where nobody does, it ends with this one."""


def launch_ahead() -> None:
    """Launches the process that the next `launch` gives: it loads pytest while this one imports the rest."""
    try:
        launched = _launch()
    except (OSError, NotImplementedError):
        return  # it is tried again where the process is wanted, and told there
    _ahead.append(launched)


def launch() -> Launched:
    """A judging process, in a session of its own: Ctrl-C reaches us alone, and what it starts can be ended with it."""
    return _ahead.pop() if _ahead else _launch()


def _launch() -> Launched:
    its_input, requests = os.pipe()
    testimony, its_output = os.pipe()
    try:
        pid = os.posix_spawn(
            sys.executable,
            _command(),
            {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, its_input, 0),
                (os.POSIX_SPAWN_DUP2, its_output, 1),
                *([] if os.environ.get("ORCH_DEBUG") else [(os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)]),
            ],
            setsid=True,
        )
    except BaseException:
        os.close(requests)
        os.close(testimony)
        raise
    finally:
        os.close(its_input)
        os.close(its_output)
    return Launched(pid, requests, testimony)


def _command() -> list[str]:
    """Our interpreter, isolated: no PYTHON* variable, no user site, no current folder on its path.

    Without `site` too: it runs what lies beside the packages (`sitecustomize`, lines of `.pth` files), which takes 3
    to 14 ms and nobody vouches for. What it would add to the path is handed over.
    """
    flags = ["-I", "-S", f"-Xutf8={sys.flags.utf8_mode}", *(["-B"] if sys.flags.dont_write_bytecode else [])]
    return [sys.executable, *flags, "-c", _BOOTSTRAP, *packages()]


def packages() -> list[str]:
    """Our own folder, so that it judges as this program would, and those that packages are installed in."""
    installed = [path for path in sys.path if os.path.basename(path) in ("site-packages", "dist-packages")]
    return [os.path.abspath(__file__).rsplit(os.sep, 3)[0], *installed]
