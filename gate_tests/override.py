"""`typing.override`, which Python 3.11 lacks: says that a method is promised, and documented, by its base class."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

if TYPE_CHECKING:
    from typing_extensions import override as override  # mypy checks that there is such a method in a base class
else:

    def override(method: F) -> F:
        """Marks `method` as one that a base class promises."""
        return method
