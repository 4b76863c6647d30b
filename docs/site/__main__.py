"""`python -m docs.site [DIRECTORY]` builds the site (default: build/site); links that lead nowhere end it with 1."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from docs.generators.page_files import CHECKOUT
from docs.site.dead_links import find_dead_links
from docs.site.offline import find_requests
from docs.site.sources import write_sources

_DEFAULT = CHECKOUT / "build/site"


def main() -> int:
    """Prints what is wrong, or where the site is."""
    target = Path(sys.argv[1]) if sys.argv[1:] else _DEFAULT
    problems = find_dead_links(CHECKOUT) or build(target) or find_requests(target)
    print("\n".join(problems) or target / "index.html")
    return 1 if problems else 0


def build(target: Path) -> list[str]:
    """Runs Sphinx, for which every warning is an error. Returns what is wrong."""
    with TemporaryDirectory() as sources:
        write_sources(CHECKOUT, Path(sources))
        options = ("-b", "html", "-c", str(Path(__file__).parent), "-d", f"{sources}/.doctrees", "-E")
        command = (sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", *options, sources, str(target))
        ended = subprocess.run(command, cwd=CHECKOUT, check=False, capture_output=True, text=True)
    if ended.returncode == 0:
        return []
    return (ended.stdout + ended.stderr).replace(f"{sources}/", "").splitlines()


if __name__ == "__main__":
    sys.exit(main())
