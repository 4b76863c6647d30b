"""The pytest plugin: `pytest --gate G2 --run ID`. Without those options it does nothing and imports nothing.

This is its name for `-p` and `pytest_plugins`. The hooks are in a module outside of this package, which an installation
registers under the same name: so a session that judges no gate imports no package of orch.
"""

from orch_runner_pytest import pytest_addoption, pytest_load_initial_conftests

__all__ = ("pytest_addoption", "pytest_load_initial_conftests")
