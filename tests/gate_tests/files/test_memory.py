import pytest

from tests.support.limited_memory import LINUX_ONLY, run_python, run_with_little_memory

SET_AND_LIFT = """
from resource import RLIMIT_DATA, getrlimit
from gate_tests.files.memory import MemoryLimit

before, limit = getrlimit(RLIMIT_DATA), MemoryLimit()
limit.set()
print(getrlimit(RLIMIT_DATA) == before)  # which is lower than ours
limit.lift()
print(getrlimit(RLIMIT_DATA) == before)
"""

EXCEED = """
from gate_tests.files.memory import MAX_MEMORY_MIB, MemoryLimit

limit = MemoryLimit()
for step in (limit.set, limit.set, limit.lift, limit.lift, limit.set):
    step()
    try:
        print(step.__name__, len(bytearray(MAX_MEMORY_MIB << 20)) >> 20)
    except MemoryError:
        print(step.__name__, "MemoryError")
"""


@LINUX_ONLY
def test_a_lower_limit_of_the_system_stays() -> None:
    assert run_with_little_memory(SET_AND_LIFT) == ["True", "True"]


@pytest.mark.slow
@LINUX_ONLY
def test_more_cannot_be_allocated_until_the_limit_is_lifted() -> None:
    refused, allowed = "MemoryError", "448"
    steps = [f"set {refused}", f"set {refused}", f"lift {allowed}", f"lift {allowed}", f"set {refused}"]
    assert run_python(EXCEED) == steps


LIMITED_BY_SYSTEM = """
import resource
from gate_tests.files.memory import MemoryLimit, is_limited_by_system

def limit(kind, mebibytes):
    resource.setrlimit(kind, (mebibytes << 20, resource.RLIM_INFINITY))
    print(is_limited_by_system())

print(is_limited_by_system())
MemoryLimit().set()
print(is_limited_by_system())
limit(resource.RLIMIT_DATA, 447)
limit(resource.RLIMIT_DATA, 600)
limit(resource.RLIMIT_AS, 500)
"""


@LINUX_ONLY
def test_only_a_limit_lower_than_ours_is_one_of_the_system() -> None:
    assert run_python(LIMITED_BY_SYSTEM) == ["False", "False", "True", "False", "True"]
