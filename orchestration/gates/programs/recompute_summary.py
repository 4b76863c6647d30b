"""Recomputes the figures of a report's summary from its data, and looks whether the report states them.

    python3 recompute_summary.py DATA.csv SUMMARY.json REPORT.md

Exit code 0 where every figure holds, 1 where one does not, 2 where something cannot be read. It needs nothing but
Python's standard library, and changes no file.
"""

import csv
import io
import json
import os
import re
import sys
from decimal import Decimal, InvalidOperation
from fractions import Fraction

MOST_DIGITS = 300
"""Before or behind the point."""


class Unusable(Exception):
    """What keeps a figure from being recomputed."""


def main(arguments):
    """Prints a line for each figure; gives the exit code."""
    if len(arguments) != 3:
        print("usage: recompute_summary.py DATA.csv SUMMARY.json REPORT.md", file=sys.stderr)
        return 2
    data, summary, report = arguments
    try:
        rows, figures, text = read_rows(data), read_figures(summary, data), read_text(report)
    except (Unusable, OSError, ValueError, csv.Error) as error:
        print(f"cannot recompute: {error}", file=sys.stderr)
        return 2
    faults = [fault for figure in figures for fault in faults_of(figure, rows, text)]
    print(f"{len(figures)} figures recomputed from {len(rows)} rows, {len(faults)} faults")
    for fault in faults:
        print(f"  {fault}")
    return 1 if faults else 0


def read_text(path):
    """The text of a file; a byte order mark is dropped."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        return file.read()


def read_rows(path):
    """The rows by the names of their columns."""
    lines = [line for line in csv.reader(io.StringIO(read_text(path), newline=""), strict=True) if line]
    if len(lines) < 2 or len(set(lines[0])) < len(lines[0]):
        raise Unusable(f"{path}: wants a header of different names and at least one row")
    header = lines.pop(0)
    for number, line in enumerate(lines, start=1):
        if len(line) != len(header):
            raise Unusable(f"{path}, row {number}: {len(line)} cells below {len(header)} names")
    return [{name: line[place] for place, name in enumerate(header)} for line in lines]


def read_figures(path, data):
    """The figures of the summary, which must be of this data and have what each is computed by."""
    summary = json.loads(read_text(path), parse_float=Decimal, parse_int=Decimal)
    try:
        of, figures = summary["data"], summary["figures"]
        sound = all(
            isinstance(each["value"], Decimal)
            and is_of_this_world(each["value"])
            and each["name"]
            and each["operation"]
            and isinstance(each.get("where", {}), dict)
            for each in figures
        )
    except (KeyError, TypeError):
        sound = False
    if not sound or not figures:
        raise Unusable(f"{path}: is no summary as its schema wants it")
    if of != os.path.basename(data):
        raise Unusable(f"{path}: is of {of}, not of {data}")
    return figures


def faults_of(figure, rows, text):
    """What is wrong with one figure, in words."""
    name, stated = figure["name"], figure["value"]
    try:
        exact = recomputed(figure, rows)
    except Unusable as error:
        yield f"{name}: {error}"
        return
    unit = Fraction(10) ** min(0, stated.as_tuple().exponent)
    if abs(Fraction(stated) - exact) * 2 > unit:
        yield f"{name}: the summary says {stated}, the data say {shown(exact)}"
    if not re.search(rf"(?<![\d.,]){re.escape(str(stated))}(?!\d|[.,]\d)", text):
        yield f"{name}: the report nowhere says {stated}"


def recomputed(figure, rows):
    """The exact value that the figure's own words ask for."""
    chosen = [row for row in rows if is_meant(row, figure.get("where", {}))]
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
        raise Unusable("no row is meant, so there is nothing to compute")
    values = {"sum": sum(numbers), "mean": sum(numbers) / len(numbers), "min": min(numbers), "max": max(numbers)}
    if operation not in values:
        raise Unusable(f"unknown operation {operation!r} (known: count, share, distinct, {', '.join(values)})")
    return values[operation]


def is_meant(row, where):
    """Whether every named column has the wanted value."""
    return all(cell(row, column) == wanted for column, wanted in where.items())


def cell(row, column):
    """What stands in the column."""
    if column not in row:
        raise Unusable(f"the data have no column {column!r} (they have {', '.join(row)})")
    return row[column]


def number(text, column):
    """The number that a cell holds."""
    try:
        value = Decimal(text.strip())
        if is_of_this_world(value):
            return Fraction(value)
    except (InvalidOperation, ValueError, OverflowError):
        pass
    raise Unusable(f"{text!r} in column {column!r} is no number")


def is_of_this_world(value):
    """Whether it can be computed with exactly in a moment: 1e999999999 has more digits than there is memory for."""
    return abs(value.adjusted()) <= MOST_DIGITS


def shown(value):
    """A number for people: whole, or with six decimals."""
    return str(value) if value.denominator == 1 else f"{float(value):.6f}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
