"""`typing.override` for Python 3.11: it marks a method that a base class promises, and documents."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

if TYPE_CHECKING:
    from typing_extensions import override as override  # mypy checks that there is such a method in a base class
else:

    def override(method: F) -> F:
        """Marks `method` as one that a base class promises."""
        return method
