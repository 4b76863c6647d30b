"""Writes each fenced `sh` block of a Markdown file to a script of its own: 1.sh, 2.sh and so on."""

import re
import sys
from pathlib import Path

source, folder = Path(sys.argv[1]), Path(sys.argv[2])
blocks = re.findall(r"^```sh\n(.*?)^```$", source.read_text("utf-8"), re.MULTILINE | re.DOTALL)
if len(blocks) != 2:
    sys.exit(f"{source} has {len(blocks)} sh blocks; two are promised")
folder.mkdir()
for number, block in enumerate(blocks, start=1):
    (folder / f"{number}.sh").write_text(block, "utf-8")
