"""A stand-in for the service, on a loopback port, in a thread of its own.

It answers look-ups, credits, conversions, timed lyrics and media as the service would, for the tasks of
tasks.py. Waiting times of a task count from when it was first asked for.
"""

from __future__ import annotations

import json
import logging
import re
import socketserver
import sys
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from aimusic_desktop.demo.media import Medium, file_medium, tone_medium, wanted_part
from aimusic_desktop.demo.shop import Shop, read_order
from aimusic_desktop.demo.songs import load_songs
from aimusic_desktop.demo.tasks import NOT_READY, RETIRED, DemoTask, Reply, demo_tasks
from aimusic_desktop.model import Product

DEMO_KEY = "demo"

_UNAUTHORIZED = Reply(401, {"type": "unauthorized", "error": "The API key is missing or wrong."})
_NO_TASK = Reply(404, {"type": "not_found", "error": "task not found."})
_NO_PAGE = Reply(404, {"type": "not_found", "error": "There is nothing here."})
_TASK_PATH = re.compile(r"/api/v1/(\w+)/task/([\w-]+)")
_MEDIA_PATH = "/media"
_LARGEST_ORDER_BYTES = 64 * 1024
_PIECE_BYTES = 64 * 1024
_PIECE_S = 0.04  # about 1.6 MB a second: songs are seen to arrive
_IDLE_LIMIT_S = 60.0

log = logging.getLogger(__name__)


class DemoService:
    """The stand-in. Bound to its port at once, answering between ``start`` and ``stop``.

    ``pace`` is a factor on all waiting times: 0 makes every task and every byte ready at once.
    ``api_url`` is the base to ask, with the key ``DEMO_KEY``; ``task_ids`` are all tasks in the order to
    show them in; ``intake_text`` holds them all as a person might paste them.
    """

    def __init__(self, pace: float = 1.0) -> None:
        self.closing = threading.Event()
        self.piece_s = _PIECE_S * pace
        self._server = _Server(self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="demo service", daemon=True
        )
        origin = f"http://127.0.0.1:{self._server.server_address[1]}"
        songs = load_songs()
        tasks = demo_tasks(songs, origin + _MEDIA_PATH)
        self.api_url = f"{origin}/api/v1"
        self.task_ids = tuple(task.task_id for task in tasks)
        self.intake_text = _intake_text(tasks)
        self._files = {path.name: path for song in songs.values() for path in song.files}
        self._songs = songs
        self._shop = Shop(songs, tasks, origin + _MEDIA_PATH)
        self._tasks = {(task.product.value, task.task_id): task for task in tasks}
        self._pace = pace
        self._first_asked: dict[str, float] = {}

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """End all answers, also those under way, and give the port back."""
        self.closing.set()
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()

    def extra_tasks(self, count: int) -> tuple[str, ...]:
        """Register ``count`` more producer tasks that never get ready; gives their ids."""
        task_ids = tuple(str(uuid.uuid4()) for _ in range(count))
        for task_id in task_ids:
            task = DemoTask(task_id, Product.PRODUCER, ((0, NOT_READY),))
            self._tasks[task.product.value, task_id] = task
        return task_ids

    def api_reply(self, path: str, authorization: str | None) -> Reply:
        """The answer to a GET of ``path``; ``authorization`` is the header as it came."""
        if authorization != f"Bearer {DEMO_KEY}":
            return _UNAUTHORIZED
        if path == "/api/v1/get-credits":
            return self._shop.credits_reply()
        match = _TASK_PATH.fullmatch(path)
        return self._task_reply(*match.groups()) if match else _NO_PAGE

    def order_reply(self, path: str, authorization: str | None, body: bytes) -> Reply:
        """The answer to a POST of ``body`` to ``path``; ``authorization`` is the header as it came."""
        if authorization != f"Bearer {DEMO_KEY}":
            return _UNAUTHORIZED
        if path == "/api/v1/sonic/wav":
            return self._shop.wav(read_order(body))
        if path == "/api/v1/sonic/aligned-lyrics":
            return self._shop.aligned_lyrics(read_order(body))
        if path != "/api/v1/producer/download":
            return _NO_PAGE
        reply, task = self._shop.download(read_order(body))
        if task is not None:
            self._tasks[task.product.value, task.task_id] = task
        return reply

    def medium(self, path: str) -> Medium | None:
        """The song or cover behind ``path``, or None."""
        folder, _, name = path.rpartition("/")
        if folder != _MEDIA_PATH:
            return None
        if file := self._files.get(name):
            return file_medium(file)
        key, _, suffix = name.partition(".")
        song = self._songs.get(key)
        return tone_medium(song.tone_hz, song.duration_s) if song and suffix == "wav" else None

    def _task_reply(self, product: str, task_id: str) -> Reply:
        if product == Product.NURO:
            return RETIRED
        task = self._tasks.get((product, task_id))
        if task is None:
            return _NO_TASK
        now = time.monotonic()
        age_s = now - self._first_asked.setdefault(task_id, now)
        return task.reply(age_s / self._pace if self._pace else float("inf"))


def _intake_text(tasks: tuple[DemoTask, ...]) -> str:
    """A paste as people make them: bare ids, a create answer, links."""
    ids = [task.task_id for task in tasks]
    link = "https://api.aimusicapi.ai/api/v1/{}/task/{}".format
    return "\n".join(
        (
            f"{ids[0]}, {ids[1]}",
            f"{ids[2]} {ids[3]}",
            link(tasks[4].product, ids[4]),
            json.dumps({"message": "success", "task_id": ids[5]}),
            *ids[6:-1],
            link(tasks[-1].product, ids[-1]),
        )
    )


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "AIMusicDemo"
    timeout = _IDLE_LIMIT_S
    server: _Server

    def do_GET(self) -> None:
        service, path = self.server.service, urlsplit(self.path).path
        try:
            if medium := service.medium(path):
                self._send_medium(medium)
            else:
                self._send_json(service.api_reply(path, self.headers["Authorization"]))
        except ConnectionError:
            self.close_connection = True

    def do_POST(self) -> None:
        length = self.headers["Content-Length"] or "0"
        size = int(length) if length.isdecimal() else 0
        body = self.rfile.read(min(size, _LARGEST_ORDER_BYTES))
        self.close_connection = size > len(body)
        path = urlsplit(self.path).path
        try:
            self._send_json(self.server.service.order_reply(path, self.headers["Authorization"], body))
        except ConnectionError:
            self.close_connection = True

    def do_HEAD(self) -> None:
        """Refused, as media hosts do: clients must not rely on it."""
        self.send_response(405)
        self.send_header("Allow", "GET")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send_json(self, reply: Reply) -> None:
        body = json.dumps(reply.body, ensure_ascii=False).encode()
        self.send_response(reply.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _send_medium(self, medium: Medium) -> None:
        part = wanted_part(medium, self.headers["Range"], self.headers["If-Range"])
        self.send_response(part.status)
        for name, value in part.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(part.length))
        self.end_headers()
        service, left = self.server.service, part.length
        with medium.opened() as source:
            source.seek(part.start)
            while left and not service.closing.is_set():
                piece = source.read(min(left, _PIECE_BYTES))
                self.wfile.write(piece)
                left -= len(piece)
                if left:
                    service.closing.wait(service.piece_s)
        self.close_connection = self.close_connection or left > 0

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        log.debug(format, *args)


class _Server(ThreadingHTTPServer):
    def __init__(self, service: DemoService) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.service = service

    def server_bind(self) -> None:
        """Bind without asking the resolver for the machine's name, which can take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002
        """Log it; a client that hangs up is nothing to print on the terminal, as the library would."""
        log.debug("a request ended early: %r", sys.exc_info()[1])
