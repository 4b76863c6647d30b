"""`orch doctor`: whether this installation is as it should be."""

import shutil
from pathlib import Path

from tests.altered import AlteredProgram
from tests.repository import Repository


def test_it_needs_no_repository_and_says_how_the_byte_code_stands(repository: Repository) -> None:
    shutil.rmtree(repository.root / "orchestration", ignore_errors=True)
    ended = repository.orch("doctor", "--json", env={"PYTHONDONTWRITEBYTECODE": ""})
    assert ended.code == 0
    told = ended.json["byte_code"]
    assert told["modules"] > 250
    assert 0 <= told["compiled"] <= told["modules"]


def test_it_tells_a_program_without_byte_code_from_one_that_has_it(repository: Repository, tmp_path: Path) -> None:
    program = AlteredProgram.make(tmp_path / "altered")
    program.alter(
        "runner/bytecode.py",
        '"click", "jsonschema", "markdown_it", "orjson", "pytest", "_pytest", "pytest_jsonreport",\n'
        '    "regex", "urllib3",',
        "",
    )
    doctor = (str(program.folder / "venv/bin/python"), "-I", "-B", "-m", "runner", "doctor")
    slow = repository.run(*doctor)
    assert slow.out.startswith("slow  0 of "), slow.err
    assert repository.run("sh", "-c", slow.out.splitlines()[-1].removeprefix("Next: ")).code == 0
    assert repository.run(*doctor).out.startswith("ok  ")
