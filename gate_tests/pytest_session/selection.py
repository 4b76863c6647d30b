"""Which checks the user's own arguments leave out of a session. Imports no pytest.

Only pytest itself can leave them out: for an option that was typed, which it reports, or for a node id that was typed.
What a conftest.py, a plugin or an option of the host's leaves out is not the user's choice.
"""

import argparse
import contextlib
import os
import sys
from collections.abc import Iterable, Iterator
from typing import Any, Final

from gate_tests.errors import OrchError
from gate_tests.pytest_session.command_line import CommandLineArguments
from gate_tests.pytest_session.evaluation import Evaluation

_OPTIONS: Final = {
    ("_pytest.mark", "deselect_by_keyword"): ("keyword",),
    ("_pytest.mark", "deselect_by_mark"): ("markexpr",),
    ("_pytest.main", "pytest_collection_modifyitems"): ("deselect",),
    ("_pytest.cacheprovider", "pytest_collection_modifyitems"): ("lf",),
    ("_pytest.stepwise", "pytest_collection_modifyitems"): ("stepwise", "stepwise_skip"),
}
"""The functions of pytest that call the hook pytest_deselected, and the options for which they do."""


class TypedSelection:
    """The checks that were left out for `options`, which the user typed, and by the node ids among `arguments`.

    `effective` are the options of the session, which a conftest.py may have changed.
    """

    def __init__(
        self,
        evaluation: Evaluation,
        options: argparse.Namespace,
        arguments: CommandLineArguments,
        effective: argparse.Namespace,
    ) -> None:
        self._evaluation = evaluation
        self._options = options
        self._arguments = arguments
        self._effective = effective
        self.deselected: set[str] = set()
        """The node ids that pytest has deselected for a typed option."""

    def add_deselected(self, nodeids: Iterable[str]) -> None:
        """To be called by the hook pytest_deselected: who calls the hook decides whether the user asked for it."""
        options = [name for name in _OPTIONS.get(_find_hook_caller(), ()) if self._is_typed(name)]
        typed = tuple(self._options.deselect) if options == ["deselect"] else ("",)  # addopts may have others
        if options:
            self.deselected.update(nodeid for nodeid in nodeids if nodeid.startswith(typed))

    def add_skipped_by_last_failed(self, config: Any) -> None:
        """To be called after collection: what has not failed last, if --lf has dropped files without reporting it."""
        if getattr(self._options, "lf", False) and config.pluginmanager.hasplugin("lfplugin-collskip"):
            failed = config.cache.get("cache/lastfailed", {})
            self.deselected.update(nodeid for nodeid in self._find_nodeids() if nodeid not in failed)

    def _is_typed(self, name: str) -> bool:
        typed = getattr(self._options, name, None)
        return bool(typed) and (name == "deselect" or typed == getattr(self._effective, name, None))

    def leaves_out(self, gate: str, check_id: str) -> bool:
        """Whether the user has left this check out of the session."""
        contract = self._evaluation.workspace.contract_path(gate)
        if f"{contract}::{check_id}" in self.deselected:
            return True
        names = self._arguments.find_names(os.path.realpath(self._evaluation.workspace.root / contract))
        return bool(names) and not {"", check_id, check_id.partition("[")[0]}.intersection(names)

    def _find_nodeids(self) -> Iterator[str]:
        for gate in self._evaluation.gates:
            with contextlib.suppress(OrchError):  # an invalid contract has no checks
                compiled = self._evaluation.compiled(gate)
                yield from (f"{compiled.contract.document.path}::{check.id}" for check in compiled.checks)


def _find_hook_caller() -> tuple[str, str]:
    """The module and the function outside pluggy and this package that called the hook in which this is called."""
    frame = sys._getframe()
    while frame.f_back and _module_of(frame).partition(".")[0] in ("gate_tests", "pluggy"):
        frame = frame.f_back
    return _module_of(frame), frame.f_code.co_name


def _module_of(frame: Any) -> str:
    """The name of the module that the frame's code belongs to; empty if the code only gives itself that name."""
    name = str(frame.f_globals.get("__name__", ""))
    return name if frame.f_globals is getattr(sys.modules.get(name), "__dict__", None) else ""
