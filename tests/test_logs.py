from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aimusic_desktop import logs
from aimusic_desktop.logs import log_crash, redact, set_secret, short_url, start_logging
from aimusic_desktop.paths import Paths

KEY = "sk-very-secret-key"
MEDIA = "https://cdn.example/riffs/audio/song.m4a?X-Signature=abcdef&Expires=1"
log = logging.getLogger("tests.logs")


@pytest.fixture(autouse=True)
def restored(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The logging of the test run itself, and its hooks, as they were."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    monkeypatch.setattr(logs, "_secrets", set())
    monkeypatch.setattr(logging, "raiseExceptions", True)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr("threading.excepthook", __import__("threading").excepthook)
    yield
    root.setLevel(level)
    for handler in set(root.handlers) - set(before):
        root.removeHandler(handler)
        handler.close()


def test_neither_the_key_nor_a_media_query_reaches_the_log(tmp_path: Path) -> None:
    paths = Paths.under(tmp_path)
    set_secret(KEY)
    start_logging(paths)
    logging.getLogger().setLevel(logging.DEBUG)
    log.debug("asking with %s", {"Authorization": f"Bearer {KEY}"})
    log.info("fetching %s", MEDIA)
    try:
        raise ValueError(f"{KEY} at {MEDIA}")
    except ValueError:
        log.exception("failed")
        log_crash(None, {"message": f"task died of {KEY}", "exception": ValueError(KEY)})
    text = paths.log_file.read_text()
    assert text.count("cdn.example/riffs/audio/song.m4a") == 2
    assert "ValueError" in text
    for hidden in (KEY, "X-Signature", "abcdef"):
        assert hidden not in text


def test_chatter_is_left_out(tmp_path: Path) -> None:
    paths = Paths.under(tmp_path)
    start_logging(paths)
    log.debug("quiet")
    log.info("heard")
    logging.getLogger("httpx").info("HTTP Request: GET …")
    assert "heard" in paths.log_file.read_text()
    assert "quiet" not in paths.log_file.read_text()
    assert "HTTP Request" not in paths.log_file.read_text()


def test_the_log_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MAX_LOG_BYTES", 2000)
    paths = Paths.under(tmp_path)
    start_logging(paths)
    for number in range(300):
        log.info("line %d", number)
    files = list(paths.logs.iterdir())
    assert len(files) == 3
    assert max(file.stat().st_size for file in files) <= 2000


def test_a_log_folder_that_cannot_be_made_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "logs").touch()
    start_logging(Paths.under(tmp_path))
    log.warning("nowhere")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Authorization: Bearer abc.def, x", "Authorization: Bearer [key], x"),
        ("GET https://user:pass@cdn.example/a.m4a?sig=1#f done", "GET https://cdn.example/a.m4a done"),
        ("<https://cdn.example?sig=1>", "<https://cdn.example>"),
        ("no links, no keys", "no links, no keys"),
    ],
)
def test_redaction_of_what_was_never_announced(text: str, shown: str) -> None:
    assert redact(text) == shown


@pytest.mark.parametrize(
    ("url", "short"),
    [
        (MEDIA, "cdn.example/…/song.m4a"),
        ("https://cdn.example/song.mp3?x=1", "cdn.example/song.mp3"),
        ("https://[broken", "?"),
        ("", "?/"),
    ],
)
def test_short_urls(url: str, short: str) -> None:
    assert short_url(url) == short


@pytest.mark.parametrize("crash", ["crash()", "t = threading.Thread(target=crash); t.start(); t.join()"])
def test_an_uncaught_error_is_logged_and_shown_without_the_key(tmp_path: Path, crash: str) -> None:
    program = (
        "import threading; from pathlib import Path; from aimusic_desktop import logs, paths\n"
        f"logs.start_logging(paths.Paths.under(Path({str(tmp_path)!r})))\n"
        f"logs.set_secret({KEY!r})\n"
        f"def crash(): raise RuntimeError('boom ' + {KEY!r})\n{crash}\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True, timeout=30
    )
    for text in (done.stderr, Paths.under(tmp_path).log_file.read_text()):
        assert "RuntimeError: boom [key]" in text
        assert KEY not in text
