"""Front matter: what is some, and what is hostile to a parser."""

from gate_tests.parsers.front_matter import MAX_BYTES

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
_N = MAX_BYTES - 100
HOSTILE = {
    "rules": "---\n" * 4_000_000,
    "blanks": "---\n" + " " * 16_000_000 + "x",
    "lists in each other": '---\n"a": ' + "[" * _N + "\n---\n",
    "deep lists side by side": '---\n"a": ' + "[" * 31 + "[1]," * (_N // 4) + "\n---\n",
    "complex keys": "---\n" + "? " * (_N // 2) + "\n---\n",
    "items in each other": "---\n-" + " -" * (_N // 2) + "\n---\n",
    "fields": "---\n" + '"a": b\n' * (_N // 7) + "---\n",
    "tabs": '---\n"a":' + "\t" * _N + "b\n---\n",
    "a dotted key": "+++\n" + ".".join("a" * (_N // 2)) + " = 1\n'\n+++\n",
    "a dotted table": "+++\nx\n[" + ".".join(['"a"'] * (_N // 4)) + "]\n+++\n",
    "TOML lists in each other": '+++\n"a" = ' + "[" * _N + "\n+++\n",
    "a long number": '+++\n"a" = ' + "1" * _N + "\n+++\n",
}
