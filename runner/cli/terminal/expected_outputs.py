"""Lists the outputs that an attempt at a gate is expected to write."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gate_tests.compiler.gate import CompiledGate

_MAX_LISTED: Final = 10


def format_expected_outputs(compiled: "CompiledGate") -> Iterator[str]:
    """A line for each required output, at most 10; of the outputs `any_of`, one is enough."""
    outputs = [
        *(f"  any of  {output.path}" for output in compiled.any_of),
        *(f"  output  {output.path}" for output in compiled.all_of if not output.optional),
    ]
    if outputs:
        yield "Expected before the gate is finished:"
    yield from outputs[:_MAX_LISTED]
    if len(outputs) > _MAX_LISTED:
        yield f"  and {len(outputs) - _MAX_LISTED} more"
