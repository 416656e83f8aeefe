from __future__ import annotations

import json
import os
import pty
import signal
import sys

import pytest

from tests.support.command import (
    CLIP,
    KEY,
    NOT_READY,
    OTHER,
    SONG_S,
    TASK,
    TWIN,
    environment,
    finished,
    start,
)
from tests.support.service import Reply, as_json
from tests.support.waiting import wait_until


@pytest.mark.parametrize("texts", [["hello"], ["-", ""], ["9329c1ad-c5b2-4d41-a3b6"]])
def test_without_any_id_it_is_bad_usage_said_in_a_sentence(get, service, texts) -> None:
    done = get("--json", "--", *texts)
    assert (done.code, done.out) == (2, "")
    assert "no task id" in done.err
    assert service.requests == []


@pytest.mark.parametrize(
    ("backend", "word"),
    [
        ("keyring.backends.fail.Keyring", "no keyring"),
        ("tests.support.keyrings.Memory", "no API key in the keyring"),
        ("tests.support.keyrings.Locked", "locked"),
    ],
)
def test_without_a_key_nothing_is_asked(get, service, backend, word) -> None:
    done = get(TASK, "--json", AIMUSIC_API_KEY=None, PYTHON_KEYRING_BACKEND=backend)
    assert (done.code, done.out) == (3, "")
    assert "AIMUSIC_API_KEY" in done.err
    assert word in done.err
    assert service.requests == []


def test_an_unusable_key_is_no_key_and_not_shown(get, service) -> None:
    done = get(TASK, AIMUSIC_API_KEY="two words")
    assert done.code == 3
    assert "AIMUSIC_API_KEY" in done.err
    assert "two words" not in done.err
    assert service.requests == []


def test_a_refused_key_ends_it_at_once(get, service) -> None:
    service.fallback = as_json({"type": "unauthorized", "error": f"Invalid API key {KEY}"}, 401)
    done = get(TASK, OTHER, "--json")
    assert (done.code, done.out) == (3, "")
    assert done.err.count("\n") == 1
    assert "refused the API key" in done.err


def test_the_key_and_media_queries_are_in_no_file(get, service, tmp_path) -> None:
    service.on_task("producer", TASK, as_json({"error": f"Nothing for Bearer {KEY}"}, 500))
    url = f"{service.origin}/songs/gone.wav?X-Signature=abcdef"
    service.on_task("producer", OTHER, finished(CLIP, audio_url=url))
    get(TASK, OTHER, "--timeout", "1", "--save", str(tmp_path / "songs"))
    for file in (tmp_path / "home").rglob("*"):
        data = file.read_bytes() if file.is_file() else b""
        assert KEY.encode() not in data, file
    assert "X-Signature" not in (tmp_path / "home" / "logs" / "aimusic-desktop.log").read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT to send to a process there")
@pytest.mark.parametrize("saving", [False, True])
def test_ctrl_c_ends_it_with_what_is_settled(service, song_url, tmp_path, saving) -> None:
    slow = f"{service.origin}/songs/slow.wav"
    service.on("/songs/slow.wav", Reply(stall_s=60))
    service.on_task("producer", TASK, finished(CLIP, audio_url=slow if saving else song_url))
    answer = finished(TWIN, audio_url=song_url, title="Saved", duration=SONG_S) if saving else NOT_READY
    service.on_task("producer", OTHER, answer)
    env = environment(AIMUSIC_API_URL=service.api_url)
    process = start("get", TASK, OTHER, "--json", "--save", str(tmp_path), env=env)

    def settled() -> bool:
        if not saving:
            return len(service.requests) >= 3
        # Its temporary file goes when the row says that the song is saved.
        return (tmp_path / "Saved.wav").exists() and not [*tmp_path.glob(".*.part")]

    wait_until(settled, "the first is settled")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, "")
    files = {json.loads(line)["task_id"]: json.loads(line)["clips"][0]["file"] for line in out.splitlines()}
    assert files == ({TASK: None, OTHER: str(tmp_path / "Saved.wav")} if saving else {TASK: None})


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT to send to a process there")
def test_ctrl_c_ends_it_cleanly(service) -> None:
    service.on_task("producer", TASK, NOT_READY)
    process = start("get", TASK, env=environment(AIMUSIC_API_URL=service.api_url))
    wait_until(lambda: service.requests, "the service was asked", 30)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, "", "")


def test_a_closed_pipe_ends_it_without_a_word(service) -> None:
    process = start("get", TASK, "--json", env=environment(AIMUSIC_API_URL=service.api_url))
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.wait(30) == 1
    assert process.stderr.read() == ""
    process.stderr.close()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pty there")
def test_progress_is_shown_on_a_terminal_only(service, song_url) -> None:
    service.on_task("producer", TASK, finished(CLIP, audio_url=song_url))
    terminal, slave = pty.openpty()
    env = environment(AIMUSIC_API_URL=service.api_url)
    process = start("get", TASK, "--json", env=env, stderr=slave)
    out, _ = process.communicate(timeout=30)
    os.close(slave)
    shown = os.read(terminal, 4096).decode()
    os.close(terminal)
    assert process.returncode == 0
    assert out.startswith('{"task_id"')
    assert "0 of 1 tasks settled" in shown
    assert shown.endswith("\x1b[K")


def test_what_was_set_aside_is_said(get, service, song_url, tmp_path) -> None:
    service.on_task("producer", TASK, finished(CLIP, audio_url=song_url))
    home = tmp_path / "home"
    home.mkdir()
    (home / "library.sqlite3").write_bytes(b"no database " * 1000)
    (home / "settings.json").write_text("{")
    done = get(TASK, "--json")
    assert (done.code, len(done.objects)) == (0, 1)
    settings, library = done.err.splitlines()
    assert "settings file was damaged" in settings
    assert "aside" in library
