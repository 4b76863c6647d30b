"""The wiring: our entries in the files by which hosts find their hooks, written and taken out again."""
