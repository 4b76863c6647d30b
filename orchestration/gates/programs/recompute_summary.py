"""Recomputes the figures of a report's summary from its data, and checks that the report states them.

    python3 recompute_summary.py DATA.csv SUMMARY.json REPORT.md

Exit code 0: every figure is right; 1: one is not; 2: a file cannot be read. It needs only Python's standard library,
and changes no file.
"""

import csv
import io
import json
import os
import re
import sys
from decimal import Decimal, InvalidOperation
from fractions import Fraction

MAX_DIGITS = 300
"""Before or after the decimal point."""


class Unusable(Exception):
    """The reason why a figure cannot be recomputed."""


def main(arguments):
    """Prints a summary and a line for each error; returns the exit code."""
    if len(arguments) != 3:
        print("usage: recompute_summary.py DATA.csv SUMMARY.json REPORT.md", file=sys.stderr)
        return 2
    data, summary, report = arguments
    try:
        rows, figures, text = read_rows(data), read_figures(summary, data), read_text(report)
    except (Unusable, OSError, ValueError, csv.Error) as error:
        print(f"cannot recompute: {error}", file=sys.stderr)
        return 2
    errors = [error for figure in figures for error in find_errors(figure, rows, text)]
    print(f"{count(figures, 'figure')} recomputed from {count(rows, 'row')}: {count(errors, 'error')}")
    for error in errors:
        print(f"  {error}")
    return 1 if errors else 0


def count(items, noun):
    """`1 row`, `2 rows`."""
    return f"{len(items)} {noun}{'' if len(items) == 1 else 's'}"


def read_text(path):
    """The text of a file; a byte order mark is dropped."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        return file.read()


def read_rows(path):
    """The rows, as dictionaries by column name."""
    lines = [line for line in csv.reader(io.StringIO(read_text(path), newline=""), strict=True) if line]
    if len(lines) < 2 or len(set(lines[0])) < len(lines[0]):
        raise Unusable(f"{path}: expected a header with distinct names and at least one row")
    header = lines.pop(0)
    for number, line in enumerate(lines, start=1):
        if len(line) != len(header):
            raise Unusable(f"{path}, row {number}: expected {len(header)} cells, found {len(line)}")
    return [{name: line[place] for place, name in enumerate(header)} for line in lines]


def read_figures(path, data):
    """The figures of the summary, which must be about this data file and have the keys that computing needs."""
    summary = json.loads(read_text(path), parse_float=Decimal, parse_int=Decimal)
    try:
        of, figures = summary["data"], summary["figures"]
        is_valid = all(
            isinstance(each["value"], Decimal)
            and is_computable(each["value"])
            and each["name"]
            and each["operation"]
            and isinstance(each.get("where", {}), dict)
            for each in figures
        )
    except (KeyError, TypeError):
        is_valid = False
    if not is_valid or not figures:
        raise Unusable(f"{path}: does not conform to data-summary.schema.json")
    if of != os.path.basename(data):
        raise Unusable(f"{path}: expected figures of {os.path.basename(data)}, found those of {of}")
    return figures


def find_errors(figure, rows, text):
    """The errors of one figure, in words."""
    name, stated = figure["name"], figure["value"]
    try:
        exact = recompute(figure, rows)
    except Unusable as error:
        yield f"{name}: {error}"
        return
    unit = Fraction(10) ** min(0, stated.as_tuple().exponent)
    if abs(Fraction(stated) - exact) * 2 > unit:
        yield f"{name}: expected {format_number(exact)}, found {stated} in the summary"
    if not re.search(rf"(?<![\d.,]){re.escape(str(stated))}(?!\d|[.,]\d)", text):
        yield f"{name}: {stated} is not in the report"


def recompute(figure, rows):
    """The exact value of the figure."""
    chosen = [row for row in rows if is_selected(row, figure.get("where", {}))]
    operation = figure["operation"]
    if operation == "count":
        return Fraction(len(chosen))
    if operation == "share":
        return Fraction(len(chosen), len(rows))
    cells = [cell(row, figure.get("column")) for row in chosen]
    if operation == "distinct":
        return Fraction(len(set(cells)))
    numbers = [number(each, figure["column"]) for each in cells]
    if not numbers:
        raise Unusable("no row matches `where`, so there is nothing to compute")
    values = {"sum": sum(numbers), "mean": sum(numbers) / len(numbers), "min": min(numbers), "max": max(numbers)}
    if operation not in values:
        raise Unusable(f"unknown operation {operation!r} (known: count, share, distinct, {', '.join(values)})")
    return values[operation]


def is_selected(row, where):
    """Whether every named column has the expected value."""
    return all(cell(row, column) == expected for column, expected in where.items())


def cell(row, column):
    """The value of the column."""
    if column not in row:
        raise Unusable(f"the data have no column {column!r} (known: {', '.join(row)})")
    return row[column]


def number(text, column):
    """The number in a cell."""
    try:
        value = Decimal(text.strip())
        if is_computable(value):
            return Fraction(value)
    except (InvalidOperation, ValueError, OverflowError):
        pass
    raise Unusable(f"{text!r} in column {column!r} is not a number")


def is_computable(value):
    """Whether exact arithmetic with it is quick: 1e999999999 has more digits than fit into memory."""
    return abs(value.adjusted()) <= MAX_DIGITS


def format_number(value):
    """A number for people: an integer, or with six decimals."""
    return str(value) if value.denominator == 1 else f"{float(value):.6f}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
