"""Which `orch` this is. The distribution takes its version from here: asking for that takes a tenth of a finish."""

VERSION = "0.1.0"
