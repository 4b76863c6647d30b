"""Launches the judging process. Imports little: that process takes longest to be ready, so it is started first."""

import os
import sys

KEPT_VARIABLES = ("LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "TEMP", "TMP", "TERM", "ORCH_DEBUG")
NO_PROGRAMS = "/dev/null"
"""The PATH of a judging process: no program is found by its name.

Libraries look for some, `platform` for `uname`. An empty PATH would mean the current directory, which is the
repository; no PATH at all would mean the system's directories.
"""
_BOOTSTRAP = "import sys; sys.path += sys.argv[1:]; from gate_tests.isolated_pytest.server import main; main()"


class LaunchedProcess:
    """The id of a process that has been launched, and the descriptors of our ends of its standard input and output."""

    def __init__(self, pid: int, stdin: int, stdout: int) -> None:
        self.pid = pid
        self.stdin = stdin
        self.stdout = stdout


_ahead: list[LaunchedProcess] = []
"""The process that was launched ahead, until `launch` returns it. If it is not used, it ends with this process."""


def launch_ahead() -> None:
    """Launches the process that the next `launch` returns: it imports pytest while this one imports the rest."""
    try:
        process = _launch()
    except (OSError, NotImplementedError):
        return  # `launch` tries again, and raises
    _ahead.append(process)


def launch() -> LaunchedProcess:
    """A judging process in a session of its own: Ctrl-C reaches only us, and its children can be killed with it."""
    return _ahead.pop() if _ahead else _launch()


def _launch() -> LaunchedProcess:
    child_stdin, stdin = os.pipe()
    stdout, child_stdout = os.pipe()
    try:
        pid = os.posix_spawn(
            sys.executable,
            _command(),
            {**{name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}, "PATH": NO_PROGRAMS},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, child_stdin, 0),
                (os.POSIX_SPAWN_DUP2, child_stdout, 1),
                *([] if os.environ.get("ORCH_DEBUG") else [(os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)]),
            ],
            setsid=True,
        )
    except BaseException:
        os.close(stdin)
        os.close(stdout)
        raise
    finally:
        os.close(child_stdin)
        os.close(child_stdout)
    return LaunchedProcess(pid, stdin, stdout)


def _command() -> list[str]:
    """The interpreter of this process, isolated: no PYTHON* variable, no user site, no current directory on its path.

    Without `site` too: it runs code beside the packages that is not checked (`sitecustomize`, lines of `.pth` files),
    and takes 3 to 14 ms. The paths that it would add are passed as arguments.
    """
    flags = ["-I", "-S", f"-Xutf8={sys.flags.utf8_mode}", *(["-B"] if sys.flags.dont_write_bytecode else [])]
    return [sys.executable, *flags, "-c", _BOOTSTRAP, *package_paths()]


def package_paths() -> list[str]:
    """The directory of our own packages first, so that the process runs the same code, then those of all others."""
    own = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    installed = [path for path in sys.path if os.path.basename(path) in ("site-packages", "dist-packages")]
    holder = next((path for path in (own, *sys.path) if os.path.isdir(os.path.join(path, "pytest"))), own)
    if holder != own and holder not in installed:  # as in a pex: each package has a directory of its own
        from gate_tests.isolated_pytest.locations import find_locations

        installed = find_locations(sys.path)
    return [own, *(path for path in installed if path != own)]
