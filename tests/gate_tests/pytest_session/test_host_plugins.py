"""What well-known plugins and a host's conftest.py do with every item, report and reporter breaks no session.

Each row does what one plugin does, reduced to what it asks of an item that is no Python function.
"""

import pytest

from tests.gate_tests.conftest import Host

BAD = "SYNTHESIS.md"
EACH = "def pytest_collection_modifyitems(session, config, items):\n    for item in items:\n        "
SETUP = "def pytest_runtest_setup(item):\n    "
REPORT = "@pytest.hookimpl(wrapper=True)\ndef pytest_runtest_makereport(item, call):\n    report = yield\n    "
OWN = "import pytest\n@pytest.mark.parametrize('x', [1, 2])\ndef test_own(x): '''Own.'''\n"

ASKING = {
    "random order by module": f"{EACH}hash((item.module.__name__, item.module.__package__, item.cls))\n",
    "groups by file": f"{EACH}assert item.module.__file__ == str(item.path)\n",
    "order in classes": f"{EACH}assert item.cls is None and item.instance is None\n",
    "fixtures added": f"@pytest.fixture\ndef freezer(): pass\n{EACH}item.fixturenames.insert(0, 'freezer')\n",
    "fixtures asked for": f"{SETUP}assert 'page' not in item.fixturenames and item.funcargs.get('page') is None\n",
    "fixture closure": f"{EACH}item._fixtureinfo.name2fixturedefs.update({{}}); len(item._fixtureinfo.argnames)\n",
    "parameters, asked first": f"{EACH}hasattr(item, 'callspec') and item.callspec.params['browser' if 0 else 'x']\n",
    "parameters, not asked first": f"{EACH}(item.callspec.id, item.callspec.indices, dict(item.callspec.params))\n",
    "request": f"{SETUP}list(item._request.fixturenames); assert item._request.node is item\n",
    "docstrings": f"{REPORT}report.text = item.function.__doc__.strip() + item.obj.__doc__\n    return report\n",
    "source": f"import inspect\n{EACH}inspect.getsource(item.function); inspect.signature(item.obj)\n",
    "globals": f"{EACH}dict(item.obj.__globals__, code=item.function.__code__.co_filename)\n",
    "names": f"import sys\n{EACH}sys.modules[item.obj.__module__]; item.obj.__name__ + item.originalname\n",
    "duplicates": f"{EACH}item.function._duplicated = True\n",
    "wrapped": f"import functools\n{EACH}run = item.obj\n"
    "        item.obj = functools.wraps(run)(lambda *values, run=run, **named: run(*values, **named))\n",
    "parents": f"{EACH}parent = item.parent\n"
    "        while not isinstance(parent, pytest.Module): parent = parent.parent\n        parent.obj.__name__\n",
    "module": f"{EACH}item.getparent(pytest.Module).obj.__dict__.setdefault('state', [])\n",
    "module of a collector": "def pytest_collectstart(collector):\n"
    "    if isinstance(collector, pytest.Module): collector.obj.__doc__\n",
    "places": f"{EACH}(item.location, item.reportinfo(), item.fspath, item.path, item.listnames(), item.listchain())\n",
    "path in the module": f"{EACH}assert item.getmodpath() == item.name and item.getmodpath(includemodule=True)\n",
    "marks": f"{EACH}item.add_marker('slow'); assert item.get_closest_marker('slow') in item.iter_markers()\n",
    "evaluated twice": f"{SETUP}item._initrequest(); assert item._request and item.funcargs == {{}}\n",
}
"""Ask an item for what pytest.Function has. The conftest.py begins with `import pytest`."""

FOREIGN = {
    "items without a node id": "def pytest_collection_modifyitems(config):\n"
    "    config.hook.pytest_deselected(items=[type('FakeItem', (), {'config': config})()])\n",
    "properties that are no pairs": f"{SETUP}item.user_properties += ['text', 3, ('one',), [[], 2]]\n",
    "reports without properties": f"{REPORT}if 'own' in item.nodeid: del report.user_properties\n    return report\n",
    "a reporter that can do little": "class Reporter:\n"
    "    def pytest_runtest_logreport(self, report): print(report.nodeid, report.outcome)\n"
    "    def pytest_sessionfinish(self, session, exitstatus):\n"
    "        session.config.hook.pytest_terminal_summary(\n"
    "            terminalreporter=self, exitstatus=exitstatus, config=session.config)\n"
    "@pytest.hookimpl(trylast=True)\ndef pytest_configure(config):\n"
    "    config.pluginmanager.unregister(config.pluginmanager.get_plugin('terminalreporter'))\n"
    "    Reporter.config = config  # other plugins ask for it\n"
    "    config.pluginmanager.register(Reporter(), 'terminalreporter')\n",
}
"""Put objects of their own in the places of pytest's."""

RETRY = f"""
{REPORT}if call.when == 'call' and report.failed:
        item.ihook.pytest_runtest_teardown(item=item, nextitem=pytest.Class.from_parent(item.session, name='Fake'))
        item._initrequest()
        pytest.CallInfo.from_call(lambda: item.ihook.pytest_runtest_setup(item=item), when='setup')
        again = pytest.CallInfo.from_call(lambda: item.ihook.pytest_runtest_call(item=item), when='call')
        report.outcome = pytest.TestReport.from_item_and_call(item, again).outcome
    return report
"""

HOSTS = {**ASKING, **FOREIGN, "a retry": RETRY}


@pytest.mark.parametrize("conftest", HOSTS.values(), ids=HOSTS.keys())
@pytest.mark.quick("items without a node id")
def test_good_work_passes_and_bad_work_fails_with_its_reason(host: Host, conftest: str) -> None:
    host.repository.write("conftest.py", f"import pytest\n{conftest}")
    host.repository.write("pytest.ini", "[pytest]\nmarkers = slow\n")
    host.repository.write("test_own.py", OWN)
    alone = host.type("test_own.py")
    good = host.judge("test_own.py", "-v")
    assert (good.code, alone.code) == (0, 0), good.out + good.err + alone.out
    host.remove(BAD)
    bad = host.judge("test_own.py")
    assert bad.code == 1, bad.out
    assert "INTERNALERROR" not in bad.out + bad.err
    assert "file is missing" in bad.out + bad.err


@pytest.mark.slow
def test_a_function_that_a_plugin_calls_itself_judges_the_check(host: Host) -> None:
    host.repository.write("conftest.py", f"{EACH}item.runtest = item.obj\n")
    good = host.judge()
    assert (good.code, "7 passed" in good.out) == (0, True), good.out
    host.remove(BAD)
    assert host.judge().code == 1


@pytest.mark.slow
def test_a_fixture_that_a_check_does_not_have_fails_it_with_a_reason(host: Host) -> None:
    host.repository.write("conftest.py", f"{SETUP}item._request.getfixturevalue('db')\n")
    ended = host.judge()
    assert ended.code == 1
    assert "is the check of a gate: it has no fixture db" in ended.out


@pytest.mark.slow
def test_a_plugin_s_docstrings_are_those_of_the_contract(host: Host) -> None:
    ended = host.judge("--collect-only", "-v")
    assert "A claim needs enough sources for the depth of the run" in ended.out


@pytest.mark.parametrize("dist", ["load", "loadscope", "loadfile", "loadgroup", "worksteal"])
@pytest.mark.slow
def test_xdist_distributes_the_checks_in_each_of_its_ways(host: Host, dist: str) -> None:
    host.repository.write("conftest.py", f"import pytest\n{ASKING['fixtures added']}")
    good = host.judge("-n", "2", "--dist", dist)
    assert (good.code, "7 passed" in good.out) == (0, True), good.out
    host.remove(BAD)
    assert host.judge("-n", "2", "--dist", dist).code == 1
