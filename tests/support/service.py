"""A local HTTP server a test scripts, answer by answer; it listens on loopback only."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.support.waiting import LIMIT_S


@dataclass(frozen=True)
class Request:
    """One request as the server saw it; header names are lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Reply:
    """What to answer. ``stall_s`` waits before the answer, ``cut_at`` closes after that many body bytes,
    ``chunks`` (if given) is called and its pieces are sent as they come."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    stall_s: float = 0.0
    cut_at: int | None = None
    length: int | None = None
    chunks: Callable[[], Iterator[bytes]] | None = None


def as_json(value: Any, status: int = 200, **headers: str) -> Reply:
    return Reply(status, json.dumps(value).encode(), {"Content-Type": "application/json", **headers})


Answer = Reply | Callable[[Request], Reply]


def gated(reply: Reply, gate: threading.Event) -> Answer:
    """This answer, once the gate is open."""

    def answer(request: Request) -> Reply:
        gate.wait(LIMIT_S)
        return reply

    return answer


class Service:
    """Routes by path (without query). A list of answers is used up one by one; the last one stays.

    ``active`` requests run now, ``most_active`` ever did at a time; ``connections`` are open now,
    ``accepted`` ever were. It listens on ``port``, or on any that is free.
    """

    def __init__(self, port: int = 0) -> None:
        self.routes: dict[str, list[Answer]] = {}
        self.requests: list[Request] = []
        self.fallback: Answer = as_json({"type": "not_found", "error": "task not found."}, 404)
        self.closing = threading.Event()
        self.connections = 0
        self.accepted = 0
        self.active = 0
        self.most_active = 0
        self._lock = threading.Lock()
        self._server = _Server(self, port)
        self.port = int(self._server.server_address[1])
        self.origin = f"http://127.0.0.1:{self.port}"
        self.api_url = f"{self.origin}/api/v1"

    def on(self, path: str, *answers: Answer) -> None:
        """Answer ``path`` (below the origin) with these, in turn."""
        self.routes[path] = list(answers)

    def on_task(self, product: str, task_id: str, *answers: Answer) -> None:
        self.on(f"/api/v1/{product}/task/{task_id}", *answers)

    def serve_file(self, path: str, data: bytes, content_type: str = "audio/mp4", ranges: bool = True) -> str:
        """Serve bytes with an ETag and, if wanted, Range; gives the URL."""
        self.on(path, lambda request: file_reply(request, data, content_type, ranges))
        return self.origin + path

    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def answer(self, request: Request) -> Reply:
        with self._lock:
            self.requests.append(request)
            answers = self.routes.get(urlsplit(request.path).path, [self.fallback])
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return answer if isinstance(answer, Reply) else answer(request)

    def enter(self) -> None:
        with self._lock:
            self.active += 1
            self.most_active = max(self.most_active, self.active)

    def leave(self) -> None:
        with self._lock:
            self.active -= 1

    def connected(self, change: int) -> None:
        with self._lock:
            self.connections += change
            self.accepted += max(change, 0)

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()


def file_reply(request: Request, data: bytes, content_type: str, ranges: bool = True) -> Reply:
    headers = {"Content-Type": content_type, "ETag": f'"{len(data)}-{sum(data[:4096])}"'}
    wanted = request.headers.get("range", "")
    if not ranges or not wanted.startswith("bytes="):
        return Reply(200, data, headers | ({"Accept-Ranges": "bytes"} if ranges else {}))
    first, _, last = wanted.removeprefix("bytes=").partition("-")
    start, end = int(first), min(int(last) if last else len(data) - 1, len(data) - 1)
    if start >= len(data):
        return Reply(416, b"", headers | {"Content-Range": f"bytes */{len(data)}"})
    part = data[start : end + 1]
    return Reply(206, part, headers | {"Content-Range": f"bytes {start}-{end}/{len(data)}"})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else every body waits 40 ms for the headers' acknowledgement
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.service.connected(1)

    def finish(self) -> None:
        self.server.service.connected(-1)
        super().finish()

    def do_GET(self) -> None:
        service = self.server.service
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, self.rfile.read(length))
        service.enter()
        try:
            self._send(service, service.answer(request))
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            service.leave()

    do_POST = do_CONNECT = do_GET

    def _send(self, service: Service, reply: Reply) -> None:
        if reply.stall_s and service.closing.wait(reply.stall_s):
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.chunks is not None:
            self._send_pieces(service, reply.chunks(), reply.length)
            return
        length = len(reply.body) if reply.length is None else reply.length
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(reply.body if reply.cut_at is None else reply.body[: reply.cut_at])
        if reply.cut_at is not None or length != len(reply.body):
            self.close_connection = True

    def _send_pieces(self, service: Service, pieces: Iterator[bytes], length: int | None) -> None:
        self.send_header("Connection", "close")
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        self.close_connection = True
        for piece in pieces:
            if service.closing.is_set():
                return
            self.wfile.write(piece)
            self.wfile.flush()

    def log_message(self, *args: object) -> None:
        """Tests read ``service.requests`` instead."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, service: Service, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.service = service

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news; anything else is printed."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def running_service(port: int = 0) -> Iterator[Service]:
    service = Service(port)
    service.start()
    try:
        yield service
    finally:
        service.stop()
