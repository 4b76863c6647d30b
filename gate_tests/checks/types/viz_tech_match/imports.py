"""The modules that a source file imports, and the names that it gives to what they export."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from gate_tests.checks.types.viz_tech_match.tsx import Source

WHOLE_MODULE: Final = "*"
"""What a namespace import, a default import, `require` and a plain `import()` bind."""

_IMPORT: Final = re.compile(
    r'\b(?P<keyword>import|export)\b(?P<type>\s+type\b(?!\s*(?:,|\bfrom\s*")))?'
    r'(?:\s*\(?\s*(?P<bare>"\d+"))?'
    r'|\bfrom\s*(?P<module>"\d+")'
    r'|\brequire\s*\(\s*(?P<required>"\d+")'
)
_NEARBY: Final = 300
"""How many characters around an `import()` or `require()` are searched for the name it is given."""
_STYLE: Final = (".css", ".less", ".sass", ".scss")
_NAMED: Final = re.compile(r"(?P<type>\btype\s+(?!as\b))?(?P<name>[\w$]+)(?:\s*(?:\bas\b|:)\s*(?P<local>[\w$]+))?")
_BRACES: Final = re.compile(r"\{([^{}]*)\}")
_NAMESPACE: Final = re.compile(r"\*\s*as\s+([\w$]+)")
_DEFAULT: Final = re.compile(r"\s*([\w$]+)")
_DECLARED: Final = re.compile(r"(?s:.*)\b(?:const|let|var)\s+(?:([\w$]+)|\{([^{}]*)\})[^=;{}]*=(?!=|>)[^;]*\Z")
"""`const Chart = dynamic(() =>` and the like, up to the `import()`."""
_CHOSEN: Final = re.compile(
    r"\s*\)+\s*\.\s*(?:then\s*\(\s*(?:async\s*)?\(?\s*(?:([\w$]+)|\{([^{}]*)\})[^=]*=>|(?!then\b)([\w$]+))"
)
"""What follows an `import()`: `.then((module) =>`, `.then(({ Chart }) =>`, `.Chart`."""
_MEMBER: Final = re.compile(r"[\s({]*(?:default\s*:\s*)?([\w$]+)\s*\.\s*([\w$]+)\s*(?=[,;})]|\Z)")
"""`module.Chart` or `{ default: module.Chart }`."""
_PICKED: Final = re.compile(r"[\s({]*(?:default\s*:\s*)?([\w$]+)\s*(?=[,;})]|\Z)")
"""`Chart` or `{ default: Chart }`."""

_ALIAS: Final = re.compile(
    r"\b(?:const|let|var)\s+(?:([\w$]+)|\{([^{}]{0,500})\})\s*=\s*(?:[\w$.]+\s*\(\s*)?([\w$]+)(?:\s*\.\s*([\w$]+))?\s*[);,\n]"
)
"""`const Lines = LineChart`, `= memo(LineChart)`, `= Recharts.LineChart`, `const { LineChart } = Recharts`."""
_LAZY: Final = re.compile(
    r"\b(?:const|let|var)\s+([\w$]+)\s*=\s*(?:[\w$]+\s*\.\s*)?(?:lazy|dynamic)\s*\(\s*async\s*\(\s*\)\s*=>\s*\{"
    r"[^}]{0,300}?\bdefault\s*:\s*([\w$]+)(?:\s*\.\s*([\w$]+))?"
)
"""`const Lines = lazy(async () => { …; return { default: recharts.LineChart } })`."""


class Import(NamedTuple):
    """An imported `module`; `names` maps each local name to what the module calls it, or to WHOLE_MODULE."""

    module: str
    names: dict[str, str]


def find_imports(source: Source) -> Iterator[Import]:
    """The modules that the file imports, by a statement or a call, without types and style sheets."""
    start = -1  # where the names of an import statement begin
    for match in _IMPORT.finditer(source.code):
        literal, names = match["bare"] or match["required"], dict[str, str]()
        if match["keyword"]:
            is_import = match["keyword"] == "import" and not match["type"]
            start, literal = (match.end(), literal) if is_import else (-1, None)
        elif match["module"]:
            literal = match["module"] if start >= 0 else None
            names = _parse_clause(source.code[start : match.start()]) if literal else {}
            start = -1
        if literal and not match["module"]:
            names = _find_names_nearby(source.code, match.start(), match.end())
        if literal and (module := source.string(literal)) is not None and not module.endswith(_STYLE):
            yield Import(module, names)


def find_aliases(code: str, names: Mapping[str, str]) -> dict[str, str]:
    """The names that the code gives to what `names` mean, as in `names`."""
    found = dict[str, str]()
    written = [*_ALIAS.findall(f"{code};"), *((local, "", name, member) for local, name, member in _LAZY.findall(code))]
    for local, pattern, name, member in written:
        exported = found.get(name, names.get(name))
        if exported is None or (member and exported != WHOLE_MODULE):
            continue
        if local:
            found[local] = member if member and member != "default" else exported
        elif exported == WHOLE_MODULE and not member:
            found |= _parse_names(pattern)
    return found


def _parse_clause(clause: str) -> dict[str, str]:
    """What is between `import` and `from`."""
    names = dict[str, str]()
    if (default := _DEFAULT.match(clause)) and default[1] != "type":
        names[default[1]] = WHOLE_MODULE
    if namespace := _NAMESPACE.search(clause):
        names[namespace[1]] = WHOLE_MODULE
    if braces := _BRACES.search(clause):
        names |= _parse_names(braces[1])
    return names


def _parse_names(text: str) -> dict[str, str]:
    """`A, B as C` of an import, `A, B: C` of a pattern, by local name."""
    found = (_NAMED.search(part) for part in text.split(","))
    return {
        each["local"] or each["name"]: WHOLE_MODULE if each["name"] == "default" else each["name"]
        for each in found
        if each and not each["type"]
    }


def _find_names_nearby(code: str, start: int, end: int) -> dict[str, str]:
    """The names that an `import()` or `require()` between these offsets is given."""
    names = dict[str, str]()
    before, after = code[max(start - _NEARBY, 0) : start], code[end : end + _NEARBY]
    chosen = _CHOSEN.match(after)
    exported = WHOLE_MODULE
    if chosen and chosen[3] and chosen[3] != "default":
        exported = chosen[3]
    elif chosen and chosen[2] is not None:
        names |= _parse_names(chosen[2])
        picked = _PICKED.match(after, chosen.end())
        exported = names.get(picked[1], WHOLE_MODULE) if picked else WHOLE_MODULE
    elif chosen and chosen[1]:
        names[chosen[1]] = WHOLE_MODULE
        member = _MEMBER.match(after, chosen.end())
        exported = member[2] if member and member[1] == chosen[1] and member[2] != "default" else WHOLE_MODULE
    if declared := _DECLARED.match(before):
        names |= {declared[1]: exported} if declared[1] else _parse_names(declared[2])
    return names
