"""The change that `hook install` and `hook remove` make to the text of a host's file."""

import json
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from gate_tests.errors import InvalidFile
from gate_tests.strict_json.document import Document
from gate_tests.strict_json.unreadable import UnreadableDocument
from runner.agents.hooks.wiring.found_hooks import FoundHook, find_hooks
from runner.agents.hooks.wiring.host_wiring import WIRINGS, HookKind, make_entry, make_group
from runner.agents.hooks.wiring.json_edit import JsonPath, JsonText, format_json

_BOM = "\ufeff"


class WiringRequest(NamedTuple):
    """What is to be wired in the file of a host. `program`: orch as the host finds it."""

    target: str
    kinds: Collection[HookKind]
    unwanted: Collection[HookKind]
    """Which are taken out; one that is in neither stays as it is."""
    program: str
    is_program_fixed: bool = False
    """Whether a hook that calls another program is replaced."""


def parse_settings(path: str, content: bytes, target: str) -> Any:
    """The data of the file. Raises InvalidFile if it is not strict JSON, or not of the shape that the host reads."""
    try:
        document = Document.parse(path, content)
    except UnreadableDocument as error:
        raise InvalidFile([str(error)]) from None
    if problems := [f"{document.at(place)}: {what}" for place, what in _find_misshapen(document.data, target)]:
        raise InvalidFile(problems)
    return document.data


def _find_misshapen(data: Any, target: str) -> Iterator[tuple[JsonPath, str]]:
    """Where the file is not of the shape that our entries need."""
    if not isinstance(data, dict):
        yield (), "must be an object"
        return
    events = data.get("hooks", {})
    if not isinstance(events, dict):
        yield ("hooks",), "must be an object"
        return
    for event in (each for names in WIRINGS[target].events.values() for each in names):
        groups = events.get(event, [])
        if not isinstance(groups, list):
            yield ("hooks", event), "must be a list"
            continue
        for index, group in enumerate(groups):
            if not isinstance(group, dict):
                yield ("hooks", event, index), "must be an object"
            elif WIRINGS[target].is_grouped and not isinstance(group.get("hooks"), list):
                yield ("hooks", event, index, "hooks"), "must be a list"


def install_hooks(content: bytes | None, request: WiringRequest) -> bytes:
    """The file with the hooks of the request, each once. `content`: valid, None without a file."""
    if content is None:
        return _make_file(request)
    bom, text = _decode(content)
    text = _add_missing(_renew_all(_take_out_unwanted(text, request), request), request)
    return f"{bom}{text}".encode()


def remove_hooks(content: bytes, target: str) -> bytes | None:
    """The file without our hooks; None if there would be nothing else in it."""
    bom, text = _decode(content)
    head = WIRINGS[target].head
    while hook := next(find_hooks(json.loads(text), target), None):
        shorter = _take_out(text, hook)
        if shorter is None or (head and shorter == f"{format_json(head)}\n"):
            return None
        text = _take_out_head(text, shorter, [*head])
    return f"{bom}{text}".encode()


def _take_out_head(text: str, shorter: str, head: list[str]) -> str:
    """`shorter`, without the head if we added it to `text`: then it follows the hooks at the end."""
    if "hooks" in json.loads(shorter) or [*json.loads(text)][-len(head) - 1 :] != ["hooks", *head]:
        return shorter
    for key in head:
        shorter = getattr(JsonText(shorter).remove((key,)), "text", shorter)
    return shorter


def _decode(content: bytes) -> tuple[str, str]:
    text = content.decode()
    return (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)


def _make_file(request: WiringRequest) -> bytes:
    wiring = WIRINGS[request.target]
    events = {
        event: [make_group(request.target, kind, make_entry(request.target, kind, request.program))]
        for kind in HookKind
        if kind in request.kinds
        for event in wiring.events.get(kind, ())
    }
    return f"{format_json({**wiring.head, 'hooks': events})}\n".encode()


def _take_out_unwanted(text: str, request: WiringRequest) -> str:
    """The text without hooks that were not requested, are duplicates, or do not understand their event."""
    seen, unwanted = set[tuple[str, HookKind]](), list[FoundHook]()
    for hook in find_hooks(json.loads(text), request.target):
        if hook.kind in request.unwanted or (hook.event, hook.kind) in seen or not hook.is_for_event(request.target):
            unwanted.append(hook)
        seen.add((hook.event, hook.kind))
    for hook in reversed(unwanted):  # the last first: the paths before it stay valid
        text = _take_out(text, hook) or "{}\n"
    return text


def _renew_all(text: str, request: WiringRequest) -> str:
    """With correct hooks in the places of faulty ones, with their options and at least their time limits."""
    for hook in find_hooks(json.loads(text), request.target):
        is_other = request.is_program_fixed and hook.program != request.program
        if hook.find_problem(request.target) is None and not is_other:
            continue
        entry = make_entry(request.target, hook.kind, request.program, hook.arguments, hook.timeout_s or 0)
        if not WIRINGS[request.target].is_grouped:
            entry = make_group(request.target, hook.kind, entry)
        text = JsonText(text).replace(hook.path, entry).text
    return text


def _add_missing(text: str, request: WiringRequest) -> str:
    """The text with each requested hook at each of its events."""
    for kind in HookKind:
        for event in WIRINGS[request.target].events.get(kind, ()) if kind in request.kinds else ():
            found = find_hooks(json.loads(text), request.target)
            if (event, kind) not in {(hook.event, hook.kind) for hook in found}:
                text = _add(text, request, kind, event)
    return text


def _add(text: str, request: WiringRequest, kind: HookKind, event: str) -> str:
    group = make_group(request.target, kind, make_entry(request.target, kind, request.program))
    data = json.loads(text)
    edited = JsonText(text)
    if "hooks" not in data:
        edited = edited.insert((), {event: [group]}, "hooks")
        for key, value in WIRINGS[request.target].head.items():
            edited = edited if key in data else edited.insert((), value, key)
        return edited.text
    if event not in data["hooks"]:
        return edited.insert(("hooks",), [group], event).text
    return edited.insert(("hooks", event), group).text


def _take_out(text: str, hook: FoundHook) -> str | None:
    edited = JsonText(text).remove(hook.group if hook.is_alone else hook.path)
    return None if edited is None else edited.text
