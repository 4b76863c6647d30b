"""Checks of a team's own, which come with packages of theirs. What such a package needs of us is here."""

from gate_tests.checks.outcome import Outcome
from gate_tests.own.check import OwnCheck

__all__ = ["Outcome", "OwnCheck"]
