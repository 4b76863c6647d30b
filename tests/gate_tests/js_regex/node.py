"""What node makes of regexes. Run as a program, it writes the table that the tests compare with."""

import json
import random
import subprocess
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("node.json")

_PROGRAM = """
const {regexes, texts, flags} = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(regexes.map(source => {
  let regex;
  const all = "gm" + flags + (source.includes("\\\\u{") ? "u" : "");
  try { regex = new RegExp(source, all); } catch (error) { return null; }
  return texts.map(text => [...text.matchAll(regex)].map(match => match.index));
})));
"""

_ATOMS = [
    *["a", "b", "c", ".", r"\d", r"\w", r"\s", r"\b", "^", "$", "[ab]", "[^a]", r"\n", "(a)", "(b|c)", "(?:ab)", "-"],
    *["(?=b)", "(?!a)", "(?<=a)", "(?<!b)", r"\1", r"\2", r"[\w-]", "\U0001f600", "[a-c\U0001f600]", "(a*)", " "],
    *["(?:a|bc|)", "(?<=(b))", "(?=(a))", r"\W", r"\S", r"(?:b\1)", "x"],
]
_UNICODE_ATOMS = [r"\u{61}", r"\p{Ll}", r"\u{1F600}"]
_QUANTIFIERS = ["", "", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,1}?", "{2,}"]
_OPENED = ["(", "(?:", "(?=", "(?<=", "(?!"]


def starts(regexes: list[str], texts: list[str], flags: str = "") -> list[list[list[int]] | None]:
    """For each regex and text, where in UTF-16 the matches begin; None: node refuses the regex."""
    asked = json.dumps({"regexes": regexes, "texts": texts, "flags": flags})
    done = subprocess.run(["node", "-e", _PROGRAM], input=asked, capture_output=True, text=True, check=True)
    found: list[list[list[int]] | None] = json.loads(done.stdout)
    return found


def generated(count: int, seed: int) -> list[str]:
    """Regexes made by chance, always the same ones for a seed. Each fourth has the flag `u`."""
    chance = random.Random(seed)
    return [_regex(chance, 2, number % 4 == 0) + (r"|\u{61}" if number % 4 == 0 else "") for number in range(count)]


def _regex(chance: random.Random, depth: int, unicode: bool) -> str:
    written = ""
    for _ in range(chance.randint(1, 4)):
        atom = chance.choice(_ATOMS + _UNICODE_ATOMS if unicode else _ATOMS)
        if depth and chance.random() < 0.3:
            atom = chance.choice(_OPENED) + _regex(chance, depth - 1, unicode) + ")"
        written += atom + chance.choice(_QUANTIFIERS)
    return written + ("|" + _regex(chance, 0, unicode) if chance.random() < 0.2 else "")


def write_table(table: Any) -> None:
    """One line for each regex."""
    rows = ",\n".join(json.dumps(row) for row in table["regexes"])
    TABLE.write_text(f'{{"texts": {json.dumps(table["texts"], indent=1)},\n"regexes": [\n{rows}\n]}}\n', "utf-8")


if __name__ == "__main__":
    known = json.loads(TABLE.read_text("utf-8"))
    answers = starts([regex for regex, _ in known["regexes"]], known["texts"])
    write_table({"texts": known["texts"], "regexes": list(zip([r for r, _ in known["regexes"]], answers, strict=True))})
