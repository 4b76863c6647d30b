"""What doctor says of an installation: versions, programs, the plugin, and what may be taken for our packages."""

import sys
import sysconfig
from base64 import urlsafe_b64encode
from hashlib import sha256
from importlib.metadata import EntryPoint, PathDistribution
from pathlib import Path

import pytest

from runner.doctor import installation, shadows
from runner.doctor.diagnosis import Diagnosis, DiagnosisStatus
from runner.doctor.installation import diagnose_installation
from runner.version import VERSION
from tests.support.messages import message

OK, WARN, BAD = DiagnosisStatus.OK, DiagnosisStatus.WARN, DiagnosisStatus.BAD
SCRIPTS = Path(sysconfig.get_path("scripts"))


@pytest.fixture(autouse=True)
def usual_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PYTHONPATH", "PYTEST_DISABLE_PLUGIN_AUTOLOAD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", f"{SCRIPTS}:/usr/bin:/bin")


def diagnose(subject: str, *directories: Path) -> list[Diagnosis]:
    return [each for each in diagnose_installation([*directories]) if each.subject == subject]


def only(subject: str, *directories: Path) -> Diagnosis:
    (one,) = diagnose(subject, *directories)
    return one


def test_every_part_is_diagnosed_and_what_is_to_be_fixed_has_a_command() -> None:
    diagnoses = list(diagnose_installation([]))
    assert [each.subject for each in diagnoses] == ["versions", "orch", "pytest", "plugin", "shadow", "bytecode"]
    assert all(each.next_command for each in diagnoses if each.status is not OK)


def test_the_versions_are_those_of_orch_python_and_what_it_needs() -> None:
    versions = only("versions")
    assert versions.status is OK
    assert f"orch {VERSION}, Python {sys.version.split()[0]}, pytest {pytest.__version__}" in versions.message


def test_a_dependency_that_is_missing_can_be_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "_DEPENDENCIES", ("pytest", "no-such-distribution"))
    versions = only("versions")
    assert versions.status is BAD
    assert versions.next_command == f"{sys.executable} -m pip install no-such-distribution"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["orch", "pytest"])
def test_a_program_should_be_the_one_of_this_environment(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (only(name).status, only(name).message) == (OK, str(SCRIPTS / name))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (only(name).status, only(name).next_command) == (WARN, f"export PATH={SCRIPTS}:$PATH")
    other = tmp_path / name
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    assert (only(name).status, only(name).next_command) == (WARN, f"export PATH={SCRIPTS}:$PATH")
    assert str(other) in only(name).message


def test_a_link_to_the_program_of_this_environment_is_as_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "orch").symlink_to(SCRIPTS / "orch")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert only("orch").status is OK


def test_an_installation_for_one_user_has_its_own_programs_and_is_not_found_by_an_isolated_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("site.ENABLE_USER_SITE", True)
    monkeypatch.setattr("site.getusersitepackages", lambda: str(installation._PACKAGES))
    monkeypatch.setattr("sysconfig.get_path", lambda _, scheme: str(tmp_path if scheme.endswith("user") else SCRIPTS))
    (tmp_path / "orch").write_text("#!/bin/sh\n")
    (tmp_path / "orch").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    program, isolated = diagnose("orch")
    assert (program.status, program.message) == (OK, str(tmp_path / "orch"))
    assert (isolated.status, isolated.message) == (WARN, message("user-site", directory=installation._PACKAGES))
    assert isolated.advice == "use `orch` rather than `python -I -m runner`"


# The plugin


def test_a_plugin_that_is_not_registered_is_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    others = [EntryPoint("gate_tests.plugin", "other.plugin", "pytest11")]
    monkeypatch.setattr(installation, "entry_points", lambda **_: others)
    assert only("plugin").status is BAD
    assert "--force-reinstall" in str(only("plugin").next_command)


def test_where_pytest_loads_no_plugin_by_itself_the_command_lets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    first, second = diagnose("plugin")
    assert (first.status, second.status) == (OK, WARN)
    assert "-p gate_tests.plugin" in second.message
    assert second.next_command == "unset PYTEST_DISABLE_PLUGIN_AUTOLOAD"


# What may be taken for ours


@pytest.mark.parametrize("files", [("runner/__init__.py",), ("runner/any.py",), ("runner.py",), ("gate_tests/x.py",)])
@pytest.mark.parametrize("through", ["a directory", "PYTHONPATH"])
def test_a_package_of_our_name_that_python_may_import_first_is_named(
    tmp_path: Path, files: tuple[str, ...], through: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in files:
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text("")
    if through == "PYTHONPATH":
        monkeypatch.setenv("PYTHONPATH", f":{tmp_path}:")
    shadow = only("shadow", *([tmp_path] if through == "a directory" else []))
    other = tmp_path / files[0].partition("/")[0]
    assert (shadow.status, shadow.next_command) == (WARN, None)
    assert shadow.message.startswith(f"{other} has the name of a package of orch: ")
    assert shadow.advice == "use `orch` rather than `python -m runner`, or rename the package"


def test_a_directory_of_our_name_without_python_and_our_own_packages_are_none(tmp_path: Path) -> None:
    (tmp_path / "runner").mkdir()
    (tmp_path / "runner/README.md").write_text("")
    assert only("shadow", tmp_path, shadows._PACKAGES).status is OK


def test_a_directory_that_is_named_twice_is_diagnosed_once(tmp_path: Path) -> None:
    (tmp_path / "runner.py").write_text("")
    assert len(diagnose("shadow", tmp_path, tmp_path)) == 1


@pytest.mark.parametrize(
    ("file", "content"),
    [("RECORD", "runner/__init__.py,,\n"), ("RECORD", "runner.py,,\n"), ("top_level.txt", "runner\n")],
    ids=["a package", "a module", "editable"],
)
def test_another_distribution_that_installs_our_packages_is_bad(
    file: str, content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "other-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 1.0\n")
    (info / file).write_text(content)
    monkeypatch.syspath_prepend(tmp_path)
    shadow = only("shadow")
    assert (shadow.status, shadow.advice) == (
        BAD,
        "install orch in an environment of its own: pipx install orch-runner",
    )
    assert shadow.message == message("same-package", owner="other 1.0", packages="runner")


def test_files_of_ours_that_another_replaced_are_named_and_the_command_installs_them_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "runner").mkdir()
    record = []
    for name, installed, present in (("__init__", b"", b"X = 1"), ("version", b"1", b"1"), ("gone", b"1", None)):
        digest = urlsafe_b64encode(sha256(installed).digest()).rstrip(b"=").decode()
        record.append(f"runner/{name}.py,sha256={digest},{len(installed)}\n")
        if present is not None:
            (tmp_path / f"runner/{name}.py").write_bytes(present)
    info = tmp_path / "orch_runner-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: orch-runner\nVersion: 1.0\n")
    (info / "RECORD").write_text("".join(record))
    monkeypatch.setattr(shadows, "distributions", lambda **_: [PathDistribution(info)])
    monkeypatch.setattr(shadows, "_CONSEQUENCES", {})
    shadow = only("shadow")
    files = "runner/__init__.py, runner/gone.py"
    assert (shadow.status, shadow.message) == (BAD, message("files-replaced", count="2 files", files=files))
    assert shadow.next_command == f"{sys.executable} -m pip install --force-reinstall --no-deps orch-runner"
