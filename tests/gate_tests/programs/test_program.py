import json

from gate_tests.programs.program import NOT_RUN, KnownProgramResults, NoProgramResults, Program, ProgramResult

PASSED = ProgramResult(0, 12, "a" * 64)
ENDED_EARLY = ProgramResult(None, 5, "b" * 64, "killed by SIGSEGV")


def test_a_program_is_called_by_its_file_name() -> None:
    assert Program(("/usr/bin/npm", "run"), 1).name == "npm"
    assert Program(("npm",), 1).name == "npm"


def test_only_an_exit_code_of_0_without_a_failure_succeeds() -> None:
    assert PASSED.succeeded
    assert not ProgramResult(1, 0, "").succeeded
    assert not ENDED_EARLY.succeeded
    assert not ProgramResult(0, 0, "", "SIGCHLD is ignored").succeeded


def test_what_is_found_is_the_exit_code_or_why_there_is_none() -> None:
    assert PASSED.found == "exit code 0"
    assert ENDED_EARLY.found == "killed by SIGSEGV"


def test_a_program_that_has_no_result_was_not_run() -> None:
    assert NoProgramResults().result("G1", 0) is NOT_RUN
    assert NoProgramResults().to_json() == {}
    known = KnownProgramResults({("G1", 0): PASSED})
    assert known.result("G1", 0) is PASSED
    assert known.result("G1", 1) is known.result("G2", 0) is NOT_RUN
    assert not NOT_RUN.succeeded


def test_results_are_the_same_in_another_process() -> None:
    results = {("G1", 0): PASSED, ("G1", 11): ENDED_EARLY, ("G2", 0): NOT_RUN}
    sent = json.loads(json.dumps(KnownProgramResults(results).to_json()))
    assert KnownProgramResults.from_json(sent).by_check == results
