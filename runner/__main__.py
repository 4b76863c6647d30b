"""`orch`, and `python -m runner`."""

import gc
import os
import sys

_HARMLESS = frozenset((
    "PYTHONDONTWRITEBYTECODE", "PYTHONFAULTHANDLER", "PYTHONHASHSEED", "PYTHONIOENCODING", "PYTHONUNBUFFERED",
    "PYTHONUTF8",
))  # fmt: skip
_BOOTSTRAP = "import sys; sys.path.append(sys.argv.pop(1)); from runner.__main__ import main; main()"


def main() -> None:
    """The whole program: never returns."""
    _open_standard_streams()
    if _can_be_reached():
        _start_over()
    # A command is short and frees little: collecting garbage while modules load costs 12 to 15 % of a `gate finish`.
    gc.disable()
    try:
        if _will_judge(sys.argv):
            from gate_tests.isolated_pytest.launch import launch_ahead

            launch_ahead()
        from runner.cli.main import run_command_line
    except ImportError as error:
        print(f"orch: cannot be loaded: {error}. Next: pip install orch-runner", file=sys.stderr)
        sys.exit(3)
    run_command_line()


def _will_judge(words: list[str]) -> bool:
    """Whether the command probably judges a gate. Where that is a mistake, nothing comes of it."""
    return "gate" in words and ("finish" in words or "check" in words) and not {"-h", "--help"} & {*words}


def _open_standard_streams() -> None:
    """Where the caller closed one, the next file to be opened would take its number, and get what is printed."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) < 3:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)


def _can_be_reached() -> bool:
    """Whether the caller's settings or the current folder decide what else we would import.

    Only what Python runs before this line comes too early to be kept out: `sitecustomize` and `runner` themselves.
    """
    if sys.flags.isolated:
        return False
    if not sys.flags.safe_path and sys.path and sys.path[0] in ("", _current_folder()):
        return True
    return any(value and name.startswith("PYTHON") and name not in _HARMLESS for name, value in os.environ.items())


def _current_folder() -> str:
    try:
        return os.getcwd()
    except OSError:
        return ""  # it has been removed: nothing can be imported from it


def _start_over() -> None:
    """Becomes the same program in an isolated Python. Costs 12 ms, so not done where nothing is to be feared."""
    packages = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    flags = ["-I", f"-Xutf8={sys.flags.utf8_mode}", *(["-B"] if sys.flags.dont_write_bytecode else [])]
    os.execv(sys.executable, [sys.executable, *flags, "-c", _BOOTSTRAP, packages, *sys.argv[1:]])


if __name__ == "__main__":
    main()
