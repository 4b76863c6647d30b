"""Reads front matter that is YAML."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from gate_tests.parsers.yaml_events import decode_scalar, find_line, iterate_events

if TYPE_CHECKING:
    from yaml.events import Event, MappingStartEvent, SequenceStartEvent

Value = str | tuple[str, ...] | None
"""A text, `""` for null; the texts in a list; None for a mapping, which cannot be compared."""

_NULLS: Final = frozenset(("", "null", "Null", "NULL", "~"))

_SIMPLE_LINE: Final = re.compile(
    r"""([A-Za-z_][\w-]*+):[ ]++(?:([^\W_](?:[ .,/()-]*+\w)*+[.)]?)|"(\w[\w .,:/()'-]*+)")[ ]*+\n"""
)
"""A field whose value is words, or words in quotes: it means to YAML what it seems to."""


class RefusedYaml(Exception):
    """YAML that says a thing twice or elsewhere: the `line`, counted from 0."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line


def is_yaml_mapping(content: str) -> bool:
    """Whether it is YAML whose root is a mapping. Raises NotYaml."""
    from yaml.events import MappingStartEvent

    events = list(iterate_events(content))
    return len(events) > 2 and isinstance(events[2], MappingStartEvent)  # after the stream's and the document's


def read_yaml_fields(content: str) -> dict[str, Value] | None:
    """The fields of the mapping; None if `content` is none.

    Raises NotYaml, and RefusedYaml for a duplicate key, an anchor, an alias or a merge key, wherever it is.
    """
    if (simple := _read_simple_fields(content)) is not None:
        return simple
    from yaml.events import MappingStartEvent, StreamEndEvent

    events = iterate_events(content)
    root = [next(events), next(events)][1]
    root = root if isinstance(root, StreamEndEvent) else next(events)
    fields = _read_mapping(root, events) if isinstance(root, MappingStartEvent) else None
    for _ in events:  # what follows may be no YAML
        pass
    return fields


def _read_simple_fields(content: str) -> dict[str, Value] | None:
    """The fields, where each is so simple that PyYAML, whose import takes 10 ms, need not be asked."""
    fields: dict[str, Value] = {}
    offset = lines = 0
    while line := _SIMPLE_LINE.match(content, offset):
        key, words, quoted = line.groups()
        fields[key] = quoted if words is None else "" if words in _NULLS else words
        offset, lines = line.end(), lines + 1
    return fields if lines and offset == len(content) and len(fields) == lines else None


def _read_mapping(start: "MappingStartEvent", events: Iterator["Event"]) -> dict[str, Value]:
    """Fields whose key is a list or mapping are left out, for nobody can ask for them."""
    from yaml.events import MappingEndEvent, ScalarEvent

    _refuse_anchor(start)
    fields: dict[str, Value] = {}
    while not isinstance(event := next(events), MappingEndEvent):
        key = _read_node(event, events)
        line = find_line(event)
        value = _read_node(next(events), events)
        if isinstance(event, ScalarEvent):
            key = decode_scalar(event.value)
            if key == "<<" and event.implicit[0]:
                raise RefusedYaml(line, "has a merge key (`<<`), which is not supported")
            if key in fields:
                raise RefusedYaml(line, f"has the duplicate key {key!r}")
            fields[key] = value
    return fields


def _read_node(start: "Event", events: Iterator["Event"]) -> Value:
    from yaml.events import MappingStartEvent, ScalarEvent, SequenceStartEvent

    _refuse_anchor(start)
    if isinstance(start, MappingStartEvent):
        _read_mapping(start, events)
    elif isinstance(start, SequenceStartEvent):
        return _read_sequence(start, events)
    elif isinstance(start, ScalarEvent):
        if start.value in _NULLS and start.implicit[0]:
            return ""
        text = decode_scalar(start.value)
        return text.rstrip("\n") if start.style in ("|", ">") else text
    return None


def _read_sequence(start: "SequenceStartEvent", events: Iterator["Event"]) -> tuple[str, ...]:
    """The texts among its items."""
    from yaml.events import SequenceEndEvent

    items = []
    while not isinstance(event := next(events), SequenceEndEvent):
        if isinstance(item := _read_node(event, events), str):
            items.append(item)
    return tuple(items)


def _refuse_anchor(event: "Event") -> None:
    if getattr(event, "anchor", None) is not None:
        raise RefusedYaml(find_line(event), "has an anchor (`&`) or alias (`*`), which is not supported")
