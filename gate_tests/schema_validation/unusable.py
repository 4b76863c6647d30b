"""What makes that no value can be held against a schema; the message says why."""


class UnusableSchema(Exception):
    """A schema that is none, or that cannot be applied without another file."""


class UnusableValue(Exception):
    """A value that the schema cannot be applied to."""
