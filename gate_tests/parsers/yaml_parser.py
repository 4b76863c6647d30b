"""PyYAML's parser, bounded. Imported only where a YAML text has to be parsed, for that takes time."""

from typing import Final

from yaml import MarkedYAMLError
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner
from yaml.tokens import Token

from gate_tests.typing_compat import override

MAX_DEPTH: Final = 32
"""Lists and mappings within each other; the time that PyYAML takes grows with it."""


class BoundedParser(Reader, Scanner, Parser):
    """Refuses more than MAX_DEPTH, and takes a tab between words for a blank, as YAML 1.2 does."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)

    @override
    def scan_to_next_token(self) -> None:
        super().scan_to_next_token()
        while self.peek() == "\t" and (length := self._measure_blanks()):
            self.forward(length)
            super().scan_to_next_token()

    def _measure_blanks(self) -> int:
        """How many blanks and tabs follow that do not indent a word; 0 if they do."""
        length = 1
        while (character := self.peek(length)) in " \t":
            length += 1
        return length if self.flow_level or not self.allow_simple_key or character in "\n#\0" else 0

    @override
    def add_indent(self, column: int) -> bool:
        self._check_depth(len(self.indents))
        return bool(super().add_indent(column))

    @override
    def fetch_flow_collection_start(self, token_class: type[Token]) -> None:
        self._check_depth(self.flow_level)
        super().fetch_flow_collection_start(token_class)

    def _check_depth(self, depth: int) -> None:
        if depth >= MAX_DEPTH:
            problem = f"more than {MAX_DEPTH} lists and mappings within each other"
            raise MarkedYAMLError(problem=problem, problem_mark=self.get_mark())
