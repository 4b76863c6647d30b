import subprocess
import sys
import time

import pytest

from gate_tests.parsers.front_matter import MAX_BYTES, find_front_matter_end
from tests.support.front_matter import FRONT_MATTER, HOSTILE

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
