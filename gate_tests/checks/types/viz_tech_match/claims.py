"""Parses the visualizations that the metadata of a page claims: objects such as `{ name: 'Tree', type: 'D3' }`."""

import re
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from gate_tests.checks.types.viz_tech_match.tsx import Source

_LIST: Final = "visualizations"
_METADATA: Final = "ESSAY_META"
_TOKEN: Final = re.compile(r'"\d+"|[\w$]+|\S')
_WORD: Final = re.compile(r'"\d+"|[\w$]+')
_PARTNERS: Final = {"{": "}", "[": "]", "(": ")"}
_DECLARES: Final = frozenset(("const", "let", "var", "export", "return"))
_MAX_VALUE_TOKENS: Final = 4  # kept of each value, enough to recognize a string
_ENDINGS: Final[tuple[list[str], ...]] = ([], ["as", "const"])
"""What may follow a string, or an object of the list, without changing it."""
_JOINS: Final = frozenset("?|&+[")
"""Operators after a list that may change its elements."""
_GROWS: Final = re.compile(rf"\b{_LIST}\s*\.\s*(?:push|unshift|splice)\s*\(\s*(?!\{{)")
_TYPE: Final = re.compile(r"\s*(?:readonly\s+)?(?:[\w$.]+\s*\[\s*\]|(?:Readonly)?Array\s*<|(?:any|unknown)\b)")
"""What follows the name of a list in a type declaration."""


class Claim(NamedTuple):
    """A visualization that the metadata claims.

    Not `is_certain`: an object outside the list, which may be anything, such as an author or a field of a form.
    """

    name: str
    type: str
    is_certain: bool = True


class Claims(NamedTuple):
    """What a page claims, and a message for each claim that cannot be parsed."""

    claims: tuple[Claim, ...]
    unreadable: tuple[str, ...]


def parse_claims(source: Source) -> Claims:
    """Every object with a `name` and a `type`, both plain strings, in any order and at any place.

    Unreadable are: an element of a list named `visualizations` that is not such an object, anything else with that
    name, elements that are added to a list later, and an imported `ESSAY_META` if nothing is claimed. An empty list
    does not make up for a second one that is unreadable.
    """
    parser = _Parser(source)
    for token in _TOKEN.finditer(source.code):
        parser.process(token[0], token.start())
    parser.process(";", len(source.code))
    parser.unreadable += (
        (match.start(), f"a list `{_LIST}` that is extended later") for match in _GROWS.finditer(source.code)
    )
    parser.unreadable.sort()
    unreadable = [f"line {source.line(offset)}: {what}" for offset, what in parser.unreadable[:50]]
    if not parser.claims and (parser.imports_metadata or (parser.mentions_any and not parser.lists)):
        unreadable.append(f"no list `{_LIST}: [{{ name: '…', type: '…' }}]` that can be parsed, though it is mentioned")
    is_elsewhere = parser.mentions_list and not parser.lists  # it is made of other objects of the file
    return Claims(
        tuple(each._replace(is_certain=each.is_certain or is_elsewhere) for each in parser.claims), tuple(unreadable)
    )


@dataclass
class _Bracket:
    """The content of a pair of brackets, as far as it has been processed."""

    opening: str
    offset: int
    is_list: bool = False  # the list of visualizations
    key: str = ""
    key_offset: int = 0
    value: list[str] = field(default_factory=list)
    members: dict[str, list[str]] = field(default_factory=dict)

    def end_member(self) -> None:
        if self.key:
            self.members[self.key] = self.value
        self.key, self.value = "", []


class _Parser:
    """Tracks the brackets of a file, and the values named `name`, `type` and `visualizations` between them."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.claims: list[Claim] = []
        self.unreadable: list[tuple[int, str]] = []
        self.lists = 0
        self.mentions_list = self.mentions_metadata = self.defines_metadata = False
        self.brackets = [_Bracket("", 0)]
        self.previous = ""

    def process(self, token: str, offset: int) -> None:
        """Processes the next token."""
        name = self.source.string(token) or token
        self.mentions_list |= name == _LIST
        self.mentions_metadata |= name == _METADATA
        bracket = self.brackets[-1]
        if token in _PARTNERS:
            self._open(bracket, token, offset)
        elif token in _PARTNERS.values():
            self._close(offset)
        elif token in ",;":
            self._end_element(bracket, offset)
        elif (token == ":" and not bracket.key) or (token == "=" and bracket.key != _LIST):
            self._begin_value(bracket, offset)
        elif token == "=":
            bracket.value = []  # what came before was the list's type
        elif token in _DECLARES and bracket.opening != "[":
            bracket.key, bracket.value = "", []
        else:
            self._append_to_value(bracket, token)
        self.previous = name if _WORD.fullmatch(token) else token

    @property
    def mentions_any(self) -> bool:
        """Whether the list or the metadata is mentioned."""
        return self.mentions_list or self.mentions_metadata

    @property
    def imports_metadata(self) -> bool:
        """Whether the metadata is mentioned but not defined in this file."""
        return self.mentions_metadata and not self.defines_metadata

    def _begin_value(self, bracket: _Bracket, offset: int) -> None:
        bracket.key, bracket.key_offset, bracket.value = "", offset, []
        if _WORD.fullmatch(self.previous):
            bracket.key = self.previous
            self.defines_metadata |= self.previous == _METADATA

    def _open(self, bracket: _Bracket, token: str, offset: int) -> None:
        is_list = token == "[" and bracket.key == _LIST and not bracket.value
        self.lists += is_list
        self._append_to_value(bracket, token)
        self.brackets.append(_Bracket(token, offset, is_list))

    def _close(self, offset: int) -> None:
        bracket = self.brackets[-1]
        self._end_element(bracket, offset)
        if len(self.brackets) == 1:
            return
        self.brackets.pop()
        if bracket.opening == "{":
            self._end_object(bracket, self.brackets[-1])

    def _end_object(self, bracket: _Bracket, parent: _Bracket) -> None:
        name, type_ = (self._parse_string(bracket.members.get(key, [])) for key in ("name", "type"))
        if name is not None and type_ is not None:
            self.claims.append(Claim(name, type_, parent.is_list))
        elif parent.is_list and parent.value == ["{"]:
            self.unreadable.append((bracket.offset, "a visualization whose name and type are not plain strings"))

    def _end_element(self, bracket: _Bracket, offset: int) -> None:
        is_object = bracket.value[:1] == ["{"] and bracket.value[1:] in _ENDINGS
        if bracket.is_list and bracket.value and not is_object:
            self.unreadable.append((offset, "a visualization that is not written as `{ name: '…', type: '…' }`"))
        if bracket.key == _LIST and bracket.value:
            self._end_list(bracket)
        bracket.end_member()

    def _end_list(self, bracket: _Bracket) -> None:
        """Records a value named `visualizations` as unreadable unless it is a list, a type, an attribute or a copy."""
        value, at = bracket.value, bracket.key_offset
        if value[0] == "[":
            if value[1:3] == [".", "concat"] or not _JOINS.isdisjoint(value[1:2]):
                self.unreadable.append((at, f"a list `{_LIST}` that is joined with another"))
            return
        is_attribute = value[0] == "{" and self.source.code[at] == "="
        is_type = value[:2] == ["{", "["] or _TYPE.match(self.source.code, at + 1)
        if not (is_attribute or is_type or _LIST in value):
            self.unreadable.append((at, f"`{_LIST}` that cannot be parsed as a list"))

    def _append_to_value(self, bracket: _Bracket, token: str) -> None:
        if len(bracket.value) < _MAX_VALUE_TOKENS:
            bracket.value.append(token)

    def _parse_string(self, value: list[str]) -> str | None:
        return self.source.string(value[0]) if value and value[1:] in _ENDINGS else None
