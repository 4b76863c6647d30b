"""The public API for packages that provide check types: `from gate_tests.own import Outcome, OwnCheck`."""

from gate_tests.checks.custom.definition import OwnCheck
from gate_tests.checks.outcome import Outcome

__all__ = ["Outcome", "OwnCheck"]
