"""The real programs that agents run in, from npm, with a model on loopback that says what a test wants."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.support.repository import BIN, Ended
from tests.support.shared_install import shared_install

PACKAGES = ("@anthropic-ai/claude-code", "@openai/codex", "@github/copilot", "@google/gemini-cli")
_INSTALL_TIMEOUT_S = 240
_TIMEOUT_S = 60
_KEPT = ("PATH", "LANG", "TMPDIR", "npm_config_registry", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE")


@contextmanager
def installed_hosts(directory: Path) -> Iterator[Path]:
    """The directory of the programs, installed once for all workers. Skips where that is not possible."""
    with shared_install(directory, _install):
        yield directory / "node_modules/.bin"


def _install(directory: Path) -> None:
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    command = ("npm", "install", "--no-audit", "--no-fund", "--prefix", str(directory), *PACKAGES)
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_INSTALL_TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("npm took too long")
    if done.returncode != 0:
        pytest.skip(f"npm could not install the hosts: {done.stderr.strip()[-200:]}")


class Host:
    """A program in a home of its own, which is empty."""

    def __init__(self, program: Path, home: Path) -> None:
        self.program = program
        self.home = home
        home.mkdir(exist_ok=True)
        ended = self.run(home, "--version")
        if ended.code != 0:
            pytest.skip(f"{program.name} does not start here: {ended.err.strip()[-200:]}")

    def run(self, directory: Path, *arguments: str, stdin: str = "", **env: str) -> Ended:
        """The program in this directory, without what the environment tells other agents."""
        done = subprocess.run(
            (str(self.program), *arguments),
            cwd=directory,
            env={**self.environment, **env},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name in _KEPT}
        quiet = {"DISABLE_AUTOUPDATER": "1", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"}
        return {**kept, **quiet, "PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(self.home), "NO_PROXY": "127.0.0.1"}


class Model:
    """A model that says one thing after another; `requests` is what it was told. The last thing is said again."""

    def __init__(self, sayings: list[dict[str, Any]]) -> None:
        self.sayings = sayings
        self.requests: list[dict[str, Any]] = []
        self.url = ""

    def answer(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        """The events of the answer."""
        raise NotImplementedError

    def say(self, request: dict[str, Any]) -> dict[str, Any]:
        self.requests.append(request)
        return self.sayings[min(len(self.requests), len(self.sayings)) - 1]

    def told(self, key: str) -> list[str]:
        """The last thing in each request, as text: `key` is what the requests call their list."""
        return [json.dumps(request[key][-1], ensure_ascii=False) for request in self.requests]


class ClaudeModel(Model):
    """Speaks as the Messages API; a saying is a block of content."""

    def answer(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        is_work = bool(request.get("tools"))  # else a title for the session is wanted
        block = self.say(request) if is_work else {"type": "text", "text": "tea"}
        if block["type"] == "tool_use":
            shown = {**block, "input": {}}
            delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
        else:
            shown, delta = {"type": "text", "text": ""}, {"type": "text_delta", "text": block["text"]}
        usage = {"input_tokens": 1, "output_tokens": 1}
        message = {"id": "m", "type": "message", "role": "assistant", "model": "m", "content": [], "usage": usage}
        reason = "tool_use" if block["type"] == "tool_use" else "end_turn"
        return [
            {"type": "message_start", "message": {**message, "stop_reason": None, "stop_sequence": None}},
            {"type": "content_block_start", "index": 0, "content_block": shown},
            {"type": "content_block_delta", "index": 0, "delta": delta},
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": None}, "usage": usage},
            {"type": "message_stop"},
        ]


class CodexModel(Model):
    """Speaks as the Responses API; a saying is an item of output."""

    def answer(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        usage = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}
        return [
            {"type": "response.created", "response": {"id": "r"}},
            {"type": "response.output_item.done", "item": self.say(request)},
            {"type": "response.completed", "response": {"id": "r", "usage": usage}},
        ]


def _format_event(event: dict[str, Any]) -> str:
    name = f"event: {event['type']}\n" if "type" in event else ""
    return f"{name}data: {json.dumps(event)}\n\n"


class GeminiModel(Model):
    """Speaks as the Gemini API; a saying is a part of content."""

    def answer(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        content = {"role": "model", "parts": [self.say(request)]}
        usage = {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2}
        candidate = {"content": content, "finishReason": "STOP", "index": 0}
        return [{"candidates": [candidate], "usageMetadata": usage}]


@contextmanager
def serving(model: Model) -> Iterator[Model]:
    """Serves the model on loopback, at its `url`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["content-length"])))
            events = model.answer(request)
            text = "".join(map(_format_event, events))
            self._reply(text, "text/event-stream")

        def do_GET(self) -> None:
            self._reply("{}", "application/json")

        def log_message(self, *_: object) -> None:
            pass

        def _reply(self, text: str, kind: str) -> None:
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        model.url = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield model
        finally:
            server.shutdown()
