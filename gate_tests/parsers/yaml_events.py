"""The events of a YAML text, by PyYAML: every scalar as written, in bounded time and depth."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from yaml.error import MarkedYAMLError
    from yaml.events import Event

_CONTROLS: Final = (*range(0x09), 0x0B, 0x0C, *range(0x0D, 0x20), *range(0x7F, 0xA0))
_NOT_IN_PYYAML: Final = (*_CONTROLS, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF)
_STAND_IN: Final = 0x100000
"""Added to the code of a character that PyYAML refuses or takes for a line end (YAML 1.2 does not); private use."""
_TO_STAND_IN: Final = {code: _STAND_IN + code for code in _NOT_IN_PYYAML}
_FROM_STAND_IN: Final = {_STAND_IN + code: code for code in _NOT_IN_PYYAML}


class NotYaml(Exception):
    """A text that is not YAML, or too deep: the `line`, counted from 0, and the `problem`, without values."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line, self.problem = line, problem


def iterate_events(text: str) -> Iterator["Event"]:
    """The events of the one document in `text`. Raises NotYaml, perhaps after some events."""
    from yaml import DocumentStartEvent, MarkedYAMLError, YAMLError

    from gate_tests.parsers.yaml_parser import BoundedParser

    parser, line, documents = BoundedParser(text.translate(_TO_STAND_IN)), 0, 0
    try:
        while (event := parser.get_event()) is not None:  # type: ignore[no-untyped-call]
            line = find_line(event)
            documents += isinstance(event, DocumentStartEvent)
            if documents > 1:
                raise NotYaml(line, "a second document")
            yield event
    except MarkedYAMLError as error:
        raise _describe(error, line) from None
    except (YAMLError, ValueError, OverflowError) as error:  # an escape beyond Unicode, a version of 5,000 digits
        raise NotYaml(line, "a character or number out of range") from error


def find_line(event: "Event") -> int:
    """The line on which the event begins, counted from 0."""
    return event.start_mark.line if event.start_mark else 0


def _describe(error: "MarkedYAMLError", line: int) -> NotYaml:
    """The line is where what is wrong begins, not where PyYAML noticed it."""
    problem, mark = error.problem or "it ends too early", error.problem_mark or error.context_mark
    if problem == "found unexpected end of stream":
        mark, problem = error.context_mark, "a quotation mark is not closed"
    elif problem == "could not find expected ':'":
        mark, problem = error.context_mark, "a line that is not `key: value`"
    return NotYaml(mark.line if mark else line, problem)


def decode_scalar(text: str) -> str:
    """The text of a scalar event, with the characters that PyYAML would not read. Half a surrogate pair becomes `�`."""
    return text.translate(_FROM_STAND_IN).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
