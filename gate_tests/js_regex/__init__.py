"""JavaScript regexes: parsed, translated for the library `regex`, matched within a time limit, linted."""
