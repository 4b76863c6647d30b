"""`orch`, and `python -m runner`. What fails here ends with exit code 3; with Python's, 1, a gate would have failed.

So only what needs no file is imported outside of `main`: reading one can fail.
"""

import gc
import os
import sys

_SAFE_VARIABLES = frozenset((
    "PYTHONDONTWRITEBYTECODE", "PYTHONFAULTHANDLER", "PYTHONHASHSEED", "PYTHONIOENCODING", "PYTHONUNBUFFERED",
    "PYTHONUTF8",
))  # fmt: skip
_BOOTSTRAP = """
import sys
end = int(sys.argv.pop(1)) + 1
own, sys.argv[1:end] = sys.argv[1:end], []
at = next((i for i, path in enumerate(sys.path) if path.endswith(("/site-packages", "/dist-packages"))), len(sys.path))
sys.path[at:at] = [path for path in own if path not in sys.path]
try:
    from runner.__main__ import main
except BaseException as error:
    sys.stderr.write(f"orch: cannot be loaded: {error}\\nNext: pip install orch-runner\\n")
    sys.exit(3)
main()
"""

_ERROR_DOCUMENT = """{
  "error": {
    "message": %s,
    "next": %s,
    "advice": %s,
    "exit_code": %d
  }
}
"""
_REPEAT = "fix that, then repeat the command"


def main() -> None:
    """Runs the program; never returns."""
    try:
        _handle_signals()
        _open_standard_streams()
        if _is_environment_untrusted():
            _restart_isolated()
        # A command is short and frees little: collecting garbage while it loads costs 12 to 15 % of a `gate finish`.
        gc.disable()
        if _is_judging_command(sys.argv):
            from gate_tests.isolated_pytest.launch import launch_ahead

            launch_ahead()
        from runner.cli.main import run_command_line

        run_command_line()
    except KeyboardInterrupt:  # before there is a handler; or a second one, while the first was being reported
        os._exit(130)
    except BaseException as error:
        _exit_after_error(error)


def _handle_signals() -> None:
    import signal

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end_interrupted)


def _exit_after_error(error: BaseException) -> None:
    """Says what is wrong, and ends the process: nothing was recorded as a verdict."""
    try:
        try:
            line, document = _format_error(*_describe_error(error))
        except MemoryError:
            line, document = _NO_MEMORY
        os.write(2, line)
        if "--json" in sys.argv:
            os.write(1, document)
    finally:
        os._exit(3)


def _format_error(message: str, next_command: str | None, advice: str | None = None) -> tuple[bytes, bytes]:
    """The lines for people and the JSON document; the texts are printable ASCII."""
    escaped = message.replace("\\", "\\\\").replace('"', '\\"')
    command, words = (f'"{text}"' if text else "null" for text in (next_command, advice))
    document = _ERROR_DOCUMENT % (f'"cannot be loaded: {escaped}"', command, words, 3)
    return f"orch: cannot be loaded: {message}\nNext: {next_command or advice}\n".encode(), document.encode()


def _describe_error(error: BaseException) -> tuple[str, str | None, str | None]:
    """What is wrong, in one line of printable ASCII characters, and the next command, or the advice."""
    if isinstance(error, OSError | MemoryError):
        reason = getattr(error, "strerror", None) or "not enough memory"
        path = f"{error.filename}: " if isinstance(error, OSError) and error.filename else ""
        return ascii(f"{path}{reason}")[1:-1], None, _REPEAT
    reason = ascii(str(error))[1:-1]
    if isinstance(error, ImportError):
        return reason, "pip install orch-runner", None
    return f"{type(error).__name__}: {reason}", "pip install --force-reinstall orch-runner", None


def _end_interrupted(number: int, frame: object) -> None:
    """Ends the process at once, while it loads modules: nothing has begun, and an exception could be lost there."""
    try:
        if "--json" in sys.argv:
            _write_unless_blocked(1, _ERROR_DOCUMENT % ('"interrupted"', "null", "null", 130))
        _write_unless_blocked(2, "orch: interrupted\n")
    finally:
        os._exit(130)


def _write_unless_blocked(descriptor: int, text: str) -> None:
    """Writes the text, unless nobody reads what was written before."""
    is_blocking = os.get_blocking(descriptor)
    os.set_blocking(descriptor, False)
    try:
        os.write(descriptor, text.encode())
    except OSError:
        pass
    finally:
        os.set_blocking(descriptor, is_blocking)


def _is_judging_command(words: list[str]) -> bool:
    """Whether the command probably judges a gate. A wrong guess costs a process, nothing more."""
    if {"-h", "--help"} & {*words}:
        return False
    return ("gate" in words and ("finish" in words or "check" in words)) or bool({"ci", "--replay"} & {*words[1:]})


def _open_standard_streams() -> None:
    """Opens the standard streams that the caller closed: else the next opened file would get their output."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) < 3:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)


def _is_environment_untrusted() -> bool:
    """Whether environment variables or the current directory could change what is imported.

    `sitecustomize` and `runner` itself have been imported before this and cannot be excluded.
    """
    if sys.flags.isolated:
        return False
    if not sys.flags.safe_path and sys.path and sys.path[0] in ("", _current_directory()):
        return True
    return any(
        value and name.startswith("PYTHON") and name not in _SAFE_VARIABLES for name, value in os.environ.items()
    )


def _current_directory() -> str:
    try:
        return os.getcwd()
    except OSError:
        return ""  # removed: nothing can be imported from it


def _restart_isolated() -> None:
    """Replaces this process by the same program in an isolated Python. Costs 12 ms, so only done when needed.

    If this process sees no environment (a pex does not), neither does that one.
    """
    from runner.import_path import is_environment, list_locations

    locations = list_locations()
    flags = ["-I", f"-Xutf8={sys.flags.utf8_mode}", *(["-B"] if sys.flags.dont_write_bytecode else [])]
    flags += [] if any(map(is_environment, sys.path)) else ["-S"]
    arguments = [str(len(locations)), *locations, *sys.argv[1:]]
    os.execv(sys.executable, [sys.executable, *flags, "-c", _BOOTSTRAP, *arguments])


_NO_MEMORY = _format_error("not enough memory", None, _REPEAT)
"""Formatted ahead: where memory is short, nothing can be."""

if __name__ == "__main__":
    main()
