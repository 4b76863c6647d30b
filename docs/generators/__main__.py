"""`python -m docs.generators` writes every generated page, and removes those that are no longer generated.

Most of its seconds are spent on running the commands of the tutorial.
"""

from collections.abc import Mapping
from pathlib import Path

from docs.generators.generated import GENERATED_DIRECTORIES, PLAYED_PAGES, generate_all, play_all
from docs.generators.page_files import CHECKOUT


def main() -> None:
    """Prints what it does that takes time, and each page that changed."""
    print(f"running the commands of {', '.join(PLAYED_PAGES)}", flush=True)
    played = play_all()
    write_pages(played)
    pages = generate_all()
    write_pages(pages)
    for path in list_left_over(CHECKOUT, pages):
        (CHECKOUT / path).unlink()
        print(f"removed {path}")
    print(f"{len(played | pages)} pages are current")


def write_pages(pages: Mapping[str, str]) -> None:
    """Writes the pages that differ from their files, and prints their paths."""
    for path, text in pages.items():
        target = CHECKOUT / path
        if not target.is_file() or target.read_text("utf-8") != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
            print(f"wrote {path}")


def list_left_over(checkout: Path, pages: dict[str, str]) -> list[str]:
    """Files of the generated directories that nothing generates any more."""
    files = (path for directory in GENERATED_DIRECTORIES for path in (checkout / directory).rglob("*"))
    paths = (path.relative_to(checkout).as_posix() for path in files if path.is_file())
    return sorted(path for path in paths if path not in pages)


if __name__ == "__main__":
    main()
