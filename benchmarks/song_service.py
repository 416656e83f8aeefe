"""A service on the loopback address whose songs come no faster than a given network would bring them.

    python benchmarks/song_service.py --songs 20 --song-bytes 5000000 --mbit 100 --round-trip-ms 30

A process of its own, so that it takes no time from the program that is measured. Prints one line of JSON
(``api_url``, ``task_ids``, ``song_urls``) and serves until its standard input is closed. All songs together
share the network; covers and answers are free. A round trip is waited for at the start of each connection and
before each answer. The songs are the demo's, or all ``--sound FILE``; two tasks have a song of each title, so
that names are taken.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aimusic_desktop.demo.songs import DemoSong, load_songs

PIECE_BYTES = 32 * 1024
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


class Network:
    """Lets so many bytes a second through, whoever sends them; as fast as it can at 0."""

    def __init__(self, mbit_per_s: float) -> None:
        self._bytes_per_s = mbit_per_s * 1e6 / 8
        self._lock = threading.Lock()
        self._free_at = 0.0

    def send(self, count: int) -> None:
        """Return when that many bytes are through."""
        if not self._bytes_per_s:
            return
        with self._lock:
            self._free_at = max(self._free_at, time.monotonic()) + count / self._bytes_per_s
            wait_s = self._free_at - time.monotonic()
        if wait_s > 0:
            time.sleep(wait_s)


class Songs:
    """The tasks and the files: ``count`` songs of at least ``least_bytes`` each, in ``folder``."""

    def __init__(
        self, count: int, least_bytes: int, folder: Path, origin: str, sound: Path | None = None
    ) -> None:
        self.tasks: dict[str, dict[str, Any]] = {}
        self.files: dict[str, Path] = {}
        by_size = sorted(load_songs().values(), key=lambda song: song.audio.stat().st_size)
        titles = by_size[: max(1, count // 2)]
        for number, song in enumerate(islice(cycle(titles), count)):
            path = folder / f"{number}.m4a"
            path.write_bytes(_at_least((sound or song.audio).read_bytes(), least_bytes))
            self.files |= {f"/{path.name}": path, f"/{song.cover.name}": song.cover}
            task_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"song {number}"))
            self.tasks[task_id] = _answer(song, f"{origin}/{path.name}", f"{origin}/{song.cover.name}")


def _at_least(song: bytes, least_bytes: int) -> bytes:
    """The song with a box behind it that says nothing, if it is smaller."""
    missing = max(0, least_bytes - len(song))
    return song + (missing + 8).to_bytes(4) + b"free" + bytes(missing) if missing else song


def _answer(song: DemoSong, audio_url: str, image_url: str) -> dict[str, Any]:
    clip = {
        "clip_id": audio_url.rpartition("/")[2],
        "title": song.title,
        "sound": song.style,
        "lyrics": song.lyrics,
        "image_url": image_url,
        "audio_url": audio_url,
        "created_at": song.created_at,
        "mv": song.model,
        "seed": song.seed,
        "duration": song.duration_s,
        "state": "succeeded",
    }
    return {"code": 200, "data": [clip], "message": "success"}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        time.sleep(self.server.round_trip_s)
        task = self.server.songs.tasks.get(path.rpartition("/")[2])
        if task is not None:
            self._send_json(task)
        elif path.endswith("/get-credits"):
            self._send_json({"credits": 50, "extra_credits": 0})
        elif path in self.server.songs.files:
            self._send_file(self.server.songs.files[path])
        else:
            self.send_error(404)

    def _send_json(self, answer: dict[str, Any]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _send_file(self, path: Path) -> None:
        size = path.stat().st_size
        start, end, tag = 0, size, f'"{path.name}-{size}"'
        wanted = _RANGE.fullmatch(self.headers["Range"] or "")
        if wanted and self.headers["If-Range"] in (None, tag):
            start, end = int(wanted[1]), int(wanted[2] or size - 1) + 1
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{size}")
        else:
            self.send_response(200)
        self.send_header("ETag", tag)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(end - start))
        self.end_headers()
        with path.open("rb") as file:
            file.seek(start)
            while piece := file.read(min(PIECE_BYTES, end - file.tell())):
                if path.suffix == ".m4a":
                    self.server.network.send(len(piece))
                self.wfile.write(piece)

    def handle(self) -> None:
        time.sleep(self.server.round_trip_s)  # the connection's own
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True

    def log_message(self, *_args: object) -> None:
        """Nobody reads it."""


class Server(ThreadingHTTPServer):
    """The service; ``api_url`` is the base to ask."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        count: int,
        least_bytes: int,
        mbit_per_s: float,
        folder: Path,
        round_trip_ms: float = 0.0,
        sound: Path | None = None,
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.round_trip_s = round_trip_ms / 1000
        origin = f"http://127.0.0.1:{self.server_address[1]}"
        self.api_url = f"{origin}/api/v1"
        self.network = Network(mbit_per_s)
        self.songs = Songs(count, least_bytes, folder, origin, sound)
        self.song_urls = [f"{origin}{path}" for path in self.songs.files if path.endswith(".m4a")]


@contextmanager
def song_service(
    songs: int, song_bytes: int, mbit: float, round_trip_ms: float = 0.0, sound: Path | None = None
) -> Iterator[dict[str, Any]]:
    """The service, in a process of its own; gives the line that it prints."""
    options = ["--songs", str(songs), "--song-bytes", str(song_bytes), "--mbit", str(mbit)]
    options += ["--round-trip-ms", str(round_trip_ms), *(["--sound", str(sound)] if sound else [])]
    command = [sys.executable, __file__, *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.communicate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--songs", type=int, default=20)
    parser.add_argument("--song-bytes", type=int, default=0)
    parser.add_argument("--mbit", type=float, default=0.0)
    parser.add_argument("--round-trip-ms", type=float, default=0.0)
    parser.add_argument("--sound", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        server = Server(
            options.songs, options.song_bytes, options.mbit, place, options.round_trip_ms, options.sound
        )
        threading.Thread(target=server.serve_forever, daemon=True).start()
        told = {"task_ids": [*server.songs.tasks], "song_urls": server.song_urls}
        print(json.dumps({"api_url": server.api_url, **told}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
