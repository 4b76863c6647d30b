"""`pytest --junitxml` of a session that judges gates: the file is valid where its schema has no properties of a test.

pytest writes the user properties of a test into `<properties>` below its `<testcase>`, whatever the `junit_family`. The
schema of `xunit2`, which is the default, has none there. `xunit1` has no such schema and keeps them.
"""

from typing import Any, Final

import pytest

from gate_tests.pytest_session.evaluation import Evaluation
from gate_tests.pytest_session.nodes import PROPERTY_NAMES

_STRICT_FAMILY: Final = "xunit2"


class JUnitProperties:
    """Takes our properties off the reports that the XML file is made of, once the session has read them.

    pytest writes those of the report of a check's teardown, or those of a failed report before it if the teardown fails
    too. The JSON report of pytest-json-report has the whole result in its metadata.
    """

    def __init__(self, evaluation: Evaluation) -> None:
        self._prefixes = tuple(f"{evaluation.workspace.contract_path(gate)}::" for gate in evaluation.gates)
        self._failed: dict[str, list[Any]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: Any) -> None:
        """Removes them before pytest's own plugin gets the report of the teardown."""
        nodeid, phase = str(getattr(report, "nodeid", "")), getattr(report, "when", None)
        if not nodeid.startswith(self._prefixes):
            return
        if phase == "teardown":
            for each in (report, *self._failed.pop(nodeid, ())):
                _remove_properties(each)
        elif getattr(report, "failed", False):
            self._failed.setdefault(nodeid, []).append(report)


def register_junit_properties(config: pytest.Config, evaluation: Evaluation) -> None:
    """Registers it in the process that writes such a file: never in a worker of xdist.

    Whoever reads our properties is registered after it, and so gets each report before it.
    """
    writes_file = getattr(config.option, "xmlpath", None) and not hasattr(config, "workerinput")
    if writes_file and config.getini("junit_family") == _STRICT_FAMILY:
        config.pluginmanager.register(JUnitProperties(evaluation))


def _remove_properties(report: Any) -> None:
    properties = getattr(report, "user_properties", None)
    if isinstance(properties, list):
        report.user_properties = [each for each in properties if not _is_ours(each)]


def _is_ours(pair: object) -> bool:
    return isinstance(pair, tuple | list) and len(pair) == 2 and pair[0] in PROPERTY_NAMES
