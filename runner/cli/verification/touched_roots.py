"""The roots of a repository that the staged change touches: in a monorepo they are below the top."""

import os
import re
from pathlib import Path
from typing import Final, NamedTuple

from runner.cli.context import CliContext, find_current_directory
from runner.cli.terminal.printer import Printer
from runner.git.verification import open_for_verification
from runner.verification.change import Change, find_roots, read_staged_change

_RULES: Final = re.compile(r"orchestration/(?:gates|workflows|prompts)/.*", re.DOTALL)


class TouchedRoot(NamedTuple):
    """A root, and what the change does below it."""

    directory: Path
    change: Change

    @property
    def touches_rules(self) -> bool:
        """Whether it touches a contract, a workflow or what they consist of."""
        return any(_RULES.fullmatch(path) for path in self.change.paths)


def find_touched_roots(cli: CliContext, files: tuple[str, ...]) -> list[TouchedRoot]:
    """The roots of the repository that the staged change touches; of these the one that -C or ORCH_ROOT names.

    Raises Refused.
    """
    named = cli.find_workspace().root if cli.directory or os.environ.get("ORCH_ROOT") else None
    with open_for_verification(named or find_current_directory()) as git:
        change = read_staged_change(git, files)
        roots = [TouchedRoot(Path(git.top, root), change.select_below(root)) for root in find_roots(git, change)]
    return [root for root in roots if named in (None, root.directory)]


def enter_root(printer: Printer, cli: CliContext, root: TouchedRoot) -> CliContext:
    """The context in which commands name the root; which one it is is printed, unless they find it without."""
    found = cli.search_workspace()
    if found and os.path.samefile(found.root, root.directory):
        return cli
    here = cli._replace(directory=Path(os.path.relpath(root.directory)))
    printer.print_line(f"root: {here.directory}")
    return here
