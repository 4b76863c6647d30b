"""The table of hosts agrees with what each of them last published, as far as an input shows it."""

import pytest

from runner.agents.hooks.hosts import HOSTS
from tests.support.hook_payloads import PAYLOADS, SENT_BACK


@pytest.mark.parametrize("target", HOSTS)
def test_each_host_has_a_source_and_a_published_input_of_each_of_its_main_events(target: str) -> None:
    host = HOSTS[target]
    assert host.source
    assert target in SENT_BACK
    told = {str(payload.get("hook_event_name", "agentStop")) for to, _, payload in PAYLOADS.values() if to == target}
    assert {host.stop_events[0], *host.task_events} <= told


@pytest.mark.parametrize("name", PAYLOADS)
def test_each_published_input_has_the_members_of_its_host(name: str) -> None:
    target, command, payload = PAYLOADS[name]
    host = HOSTS[target]
    events = host.task_events if command == "task" else host.stop_events
    assert payload.get("hook_event_name", events[0]) in events
    assert any(field in payload for field in host.fields.session)
    assert any(field in payload for field in host.fields.directory)
