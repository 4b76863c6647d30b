import pytest

from gate_tests.parsers.quotations.matching import contains_parts
from gate_tests.parsers.quotations.quotation import Quotation
from gate_tests.parsers.quotations.source_text import normalize_source

CUT = [
    ("paid 1,500,000 crowns in all", ["500,000 crowns", "paid 1", "paid 1,500", "paid 1,"]),
    ("about 40.75 crowns", ["about 40", "75 crowns", ".75 crowns", "about 40."]),
    ("at 13.5 tonnes on the 10th day", ["3.5 tonnes", "5 tonnes", "on the 10", "th day"]),
    ("fell by -5, −6 and –7 degrees", ["5, −6", "6 and", "7 degrees"]),
    ("a .5 share, or 1/250", ["5 share", "or 1", "250", "1,250", "1250"]),
    ("paid 1 500 000 crowns", ["500 000 crowns", "000 crowns", "paid 1", "paid 1 500"]),
    ("took 1 1/2 or 2 ½ cups of 3×10", ["1/2 or", "took 1", "½ cups", "or 2", "of 3", "10"]),
    ("paid 1'500 crowns", ["500 crowns", "paid 1"]),
    ("it was 10:30, 3:1 and 1.250,50", ["it was 10", "30,", "3:1 and 1", "250,50", "it was 10:30, 3"]),
    ("in the war of 1914–18 then", ["war of 1914", "18 then"]),
    ("2½ cups, 10² km, 10^6 men, 5*4 is", ["½ cups", "cups, 10", "men, 54", "6 men", "4 is", "km, 10"]),
    ("paid $500, US$600, 700€ and −$8", ["500,", "$600", "600, 700", "$8", "8"]),
    ("rose 50% at 5°C", ["rose 50", "% at", "at 5"]),
    ("over >5, <6, ~7, ±8, ≤9, #10, §11 men", ["5,", "6,", "7,", "8,", "9,", "10,", "11 men"]),
    ("for 18+ men in C++ or C#", ["for 18", "men in C", "in C+", "or C"]),
    (
        "a non-profit, less-well-known man",
        ["profit, less", "a non", "well-known man", "known man"],
    ),
    ("a 5-year plan for COVID-19 cases", ["year plan", "a 5", "for COVID", "19 cases"]),
    ("(un)likely with the cat(s) now", ["likely with", "the cat", "(un"]),
    ("they don’t go to O'Neil", ["they don", "t go", "to O", "Neil"]),
    ("my snake_case x_1 is", ["case x_1", "my snake", "1 is"]),
    ("run node.js or .NET in the U.S. now", ["run node", "js or", "NET in", "in the U"]),
    ("R&D of a@b.com at km/h and/or this", ["D of", "b.com at", "km", "h and", "or this"]),
    ("re\u0301sume\u0301 and x\u0323\u030d y", ["sume\u0301 and", "re\u0301sume", "and x"]),
    ("for\u00adty non\u2011profit", ["ty non-profit", "forty non"]),
    ("הספרים שלי, 한국은 크다", ["ספרים שלי", "국은 크다", "שלי, 한국"]),
    ("他有15万人", ["他有15", "5万人"]),
]


@pytest.mark.quick("*")
@pytest.mark.parametrize(("source", "quotation"), [(source, each) for source, quoted in CUT for each in quoted])
def test_what_begins_or_ends_inside_a_word_or_number_is_no_quotation(source: str, quotation: str) -> None:
    (wording,) = normalize_source(source, "source.md")
    assert not contains_parts(Quotation(1, quotation).parts, wording)


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("source", "quotation"),
    [
        ("paid 1,500,000 crowns in all", "1,500,000 crowns"),
        ("about 40.75 crowns", "about 40.75"),
        ("fell by -5 and −6", "-5 and −6"),
        ("paid US$500 then", "US$500 then"),
        ("in 1920, 500 men", "500 men"),
        ("no. 1. Then 5 men", "no. 1"),
        ("So it was.Then it came", "Then it came"),
        ("It cost--5 crowns—6 at most", "5 crowns"),
        ("It cost--5 crowns—6 at most", "6 at most"),
        ("needs PHP 8.2+. So", "needs PHP 8.2+."),
        ("(5) men of **7** and _8_", "5) men of 7 and 8"),
        ("the U.S. army", "the U.S."),
        ("他说三千人", "三千"),
        ("ที่นี่มีคน", "มีคน"),
        ("用Python写的", "Python写"),
        ("un*believ*able", "unbelievable"),
    ],
)
def test_what_is_whole_is_one(source: str, quotation: str) -> None:
    (wording,) = normalize_source(source, "source.md")
    assert contains_parts(Quotation(1, quotation).parts, wording)


def test_a_part_beside_an_ellipsis_is_whole_too() -> None:
    (source,) = normalize_source("It cost 1,250 crowns, or 3.5 percent of it.", "source.md")
    assert contains_parts(Quotation(1, "It cost … crowns, or 3.5").parts, source)
    for quotation in ("It cost … 250 crowns", "It cost 1,… crowns", "It cost … or 3 …", "It co…crowns"):
        assert not contains_parts(Quotation(1, quotation).parts, source), quotation
