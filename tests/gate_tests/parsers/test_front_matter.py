import subprocess
import sys
import time

import pytest

from gate_tests.parsers.front_matter import MAX_BYTES, find_front_matter_end

FRONT_MATTER = {
    "a field": "---\nstatus: PASS\n---\n",
    "blanks after the marks": "---  \nstatus: PASS\n---\t\n",
    "an end of dots": "---\nstatus: PASS\n...\n",
    "lists, maps and blocks": "---\ntags:\n- a\n-\n  - b\nmap:\n  c: 1\n\n# so\nlong: |\n  ---\n  text\n---\n",
    "folded text": "---\nsummary: a long\n  sentence\n---\n",
    "a comment first": "---\n# made by a tool\nstatus: PASS\n---\n",
    "a key in quotes": '---\n"status": PASS\n---\n',
    "a flow mapping": "---\n{status: PASS}\n---\n",
    "a complex key": "---\n? a\n: b\n---\n",
    "indented fields": "---\n  a: 1\n  b: 2\n---\n",
    "a quotation mark too few": '---\ntitle: "Robots\nstatus: PASS\n---\n',
    "an unquoted colon": "---\ntitle: Robots: a history\n---\n",
    "a duplicate key": "---\na: 1\na: 2\n---\n",
    "an anchor": '---\n"a": &x 1\nb: *x\n---\n',
    "tabs between words": '---\n"a":\t1 \t\n\t\nb: 2\n---\n',
    "a control character, a byte order mark and a line separator": '---\n"a": \x01\ufeff\u2028b\n---\n',
    "TOML": "+++\ntitle = 'x'\n[params]\n  a = [\n  1,\n]\n+++\n",
    "TOML after a blank line": "+++\n\ntitle = 'x'\n+++\n",
    "TOML text of several lines": '+++\ntitle = """\nRobots\n"""\n+++\n',
    "TOML of tables": "+++\n[params]\n+++\n",
    "TOML of no field": "+++\n\n# none\n+++\n",
    "just short enough": "---\na: " + "x" * (MAX_BYTES - 4) + "\n---\n",
}
NONE = {
    "an empty text": "",
    "no mark": "# T\nstatus: PASS\n",
    "not on the first line": "\n---\nstatus: PASS\n---\n",
    "four hyphens": "----\nstatus: PASS\n----\n",
    "a blank line after a rule": "---\n\nstatus: PASS\n---\n",
    "a line of blanks after a rule": "---\n \t\nstatus: PASS\n---\n",
    "no end": "---\nstatus: PASS\n",
    "an indented end": "---\nstatus: PASS\n ---\n",
    "an end with text": "---\nstatus: PASS\n--- x\n",
    "two rules": "---\n---\n",
    "a heading between rules": "---\n# Report\n---\n",
    "prose between rules": "---\nIt says: `a.py:10`\nand more\n---\n",
    "prose without a colon between rules": "---\nA word\n---\n",
    "emphasis between rules": "---\n**Summary**: see a.py:10\n---\n",
    "a list between rules": "---\n- a: 1\n- b\n---\n",
    "a list after what looks like a field": "---\nSources: two\n- a.py:10\n- b.py:20\n---\n",
    "a quote between rules": "---\n> a: b\n---\n",
    "a table between rules": "---\n| a: | b |\n---\n",
    "an unclosed list in brackets": '---\n"a": [1\n---\n',
    "two documents": '---\n"a": 1\n--- x\n---\n',
    "prose between plus signs": "+++\nText\n+++\n",
    "marks that differ": "+++\na = 1\n---\n",
    "an escape beyond Unicode": '---\n"a": "\\UFFFFFFFF"\n---\n',
    "too long": "---\na: " + "x" * MAX_BYTES + "\n---\n",
    "too many bytes": "---\na: " + "é" * (MAX_BYTES // 2) + "\n---\n",
    "a hundred lists in each other": '---\n"a": ' + "[" * 100 + "]" * 100 + "\n---\n",
}


@pytest.mark.quick("*")
@pytest.mark.parametrize("text", FRONT_MATTER.values(), ids=FRONT_MATTER.keys())
def test_front_matter_ends_after_its_second_mark(text: str) -> None:
    assert find_front_matter_end(text) == len(text)
    assert find_front_matter_end(text.removesuffix("\n")) == len(text) - 1
    assert find_front_matter_end(f"{text}# Title\n---\n") == len(text)


@pytest.mark.quick("*")
@pytest.mark.parametrize("text", NONE.values(), ids=NONE.keys())
def test_a_block_that_is_no_mapping_is_no_front_matter(text: str) -> None:
    assert find_front_matter_end(text) == 0


N = MAX_BYTES - 100
HOSTILE = {
    "rules": "---\n" * 4_000_000,
    "blanks": "---\n" + " " * 16_000_000 + "x",
    "lists in each other": '---\n"a": ' + "[" * N + "\n---\n",
    "deep lists side by side": '---\n"a": ' + "[" * 31 + "[1]," * (N // 4) + "\n---\n",
    "complex keys": "---\n" + "? " * (N // 2) + "\n---\n",
    "items in each other": "---\n-" + " -" * (N // 2) + "\n---\n",
    "fields": "---\n" + '"a": b\n' * (N // 7) + "---\n",
    "tabs": '---\n"a":' + "\t" * N + "b\n---\n",
    "a dotted key": "+++\n" + ".".join("a" * (N // 2)) + " = 1\n'\n+++\n",
    "a dotted table": "+++\nx\n[" + ".".join(['"a"'] * (N // 4)) + "]\n+++\n",
    "TOML lists in each other": '+++\n"a" = ' + "[" * N + "\n+++\n",
    "a long number": '+++\n"a" = ' + "1" * N + "\n+++\n",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_block_is_bounded_in_time(text: str) -> None:
    began = time.process_time()
    find_front_matter_end(text)
    assert time.process_time() - began < 2


def test_ordinary_front_matter_needs_no_parser() -> None:
    texts = [FRONT_MATTER["lists, maps and blocks"], FRONT_MATTER["TOML"], NONE["a heading between rules"]]
    code = f"import sys, gate_tests.parsers.front_matter as f\nfor text in {texts}: f.find_front_matter_end(text)\n"
    subprocess.run(
        [sys.executable, "-c", code + "sys.exit('yaml' in sys.modules or 'tomllib' in sys.modules)"], check=True
    )
