"""The attributes of a test function, which plugins and a host's conftest.py ask of every item without a question.

A check is no Python function and has no fixtures and no parameters: each attribute exists, has the type that
pytest.Function gives it, and is empty. All are made on first use.
"""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

import pytest


class _NoParameters(dict[str, Any]):
    """Parameters by name. A name that only the host's own tests have is None: code that asks for it goes on."""

    def __missing__(self, name: str) -> None:
        return None


class EmptyCallSpec:
    """What `item.callspec` is for a test that is not parametrized, for code that expects one everywhere."""

    id = ""

    def __init__(self) -> None:
        self.params = _NoParameters()
        self.indices: dict[str, int] = {}
        self.marks: list[pytest.Mark] = []
        self._arg2scope: dict[str, Any] = {}
        self._idlist: list[str] = []

    def getparam(self, name: str) -> NoReturn:
        """Raises what pytest raises for an unknown parameter."""
        raise ValueError(name)


class EmptyFixtureInfo:
    """What `item._fixtureinfo` is for a test without fixtures."""

    argnames: tuple[str, ...] = ()
    initialnames: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.names_closure: list[str] = []
        self.name2fixturedefs: dict[str, Any] = {}


class EmptyRequest:
    """What `item._request` is for a test without fixtures."""

    def __init__(self, item: "FunctionAttributes") -> None:
        self.node = item
        self.config = item.config
        self.session = item.session
        self.fixturenames = item.fixturenames
        self._arg2fixturedefs: dict[str, Any] = {}
        self._fixture_defs: dict[str, Any] = {}

    def getfixturevalue(self, name: str) -> NoReturn:
        """Raises a LookupError, as pytest.FixtureLookupError is one."""
        raise LookupError(f"{self.node.nodeid} is the check of a gate: it has no fixture {name}")

    def addfinalizer(self, finalizer: Callable[[], object]) -> None:
        """Calls the function after the check has run."""
        self.node.addfinalizer(finalizer)

    def _fillfixtures(self) -> None:
        """Does nothing: there are no fixtures."""


if TYPE_CHECKING:
    _Item = pytest.Item
else:
    _Item = object


class FunctionAttributes(_Item):
    """The attributes of pytest.Function, for an item that is not a function."""

    cls: None = None
    instance: None = None
    _obj: Any = None

    @property
    def obj(self) -> Any:
        """A function that runs the check. What replaces it has no effect, unless a plugin calls it itself."""
        if self._obj is None:
            self._obj = self._make_function()
        return self._obj

    @obj.setter
    def obj(self, value: Any) -> None:
        self._obj = value

    @property
    def function(self) -> Any:
        """The function, without an instance that it may be bound to."""
        return getattr(self.obj, "__func__", self.obj)

    @property
    def module(self) -> Any:
        """The module that the file of the item gives for its own."""
        module = self.getparent(pytest.Module)
        return module.obj if module else None

    @property
    def originalname(self) -> str:
        """The name without what a parametrized test has in brackets."""
        return self.name.partition("[")[0]

    def getmodpath(self, stopatmodule: bool = True, includemodule: bool = False) -> str:
        """The names from the module to the item, as pytest.Function joins them."""
        return pytest.Function.getmodpath(self, stopatmodule, includemodule)  # type: ignore[arg-type]

    @cached_property
    def fixturenames(self) -> list[str]:
        """A list of its own, to which a plugin may add."""
        return self._fixtureinfo.names_closure

    @cached_property
    def funcargs(self) -> dict[str, Any]:
        """The values of the fixtures. pytest sets None after the test."""
        return {}

    @cached_property
    def callspec(self) -> EmptyCallSpec:
        """No parameters, for code that asks whether there are any and for code that does not."""
        return EmptyCallSpec()

    @cached_property
    def _fixtureinfo(self) -> EmptyFixtureInfo:
        return EmptyFixtureInfo()

    @property
    def fixtureinfo(self) -> EmptyFixtureInfo:
        """The same under the name that some plugins use."""
        return self._fixtureinfo

    @cached_property
    def _request(self) -> Any:
        return EmptyRequest(self)

    def _initrequest(self) -> None:
        """Prepares the item for another run, as plugins ask that run a test again."""
        self.funcargs = {}
        self._request = EmptyRequest(self)

    def describe(self) -> str:
        """The docstring of the function. To be overridden."""
        raise NotImplementedError

    def _make_function(self) -> Callable[[], None]:
        def check() -> None:
            type(self).runtest(self)

        check.__name__ = check.__qualname__ = self.originalname
        check.__doc__ = self.describe()
        return check
