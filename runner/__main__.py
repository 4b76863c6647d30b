"""`orch`, and `python -m runner`."""

from runner.cli.boundary import run_command_line


def main() -> None:
    """The whole program: never returns."""
    run_command_line()


if __name__ == "__main__":
    main()
