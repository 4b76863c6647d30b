"""Why a text is not parsed. A module of its own, because every check imports it, and few need a parser."""


class TooLargeToParse(Exception):
    """A text that is too large for the parser that it needs; the message says so."""
