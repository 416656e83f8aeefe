from __future__ import annotations

import asyncio
import json
import os
import pty
import signal
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from mutagen.wave import WAVE

from aimusic_desktop.core import Core
from aimusic_desktop.model import MusicTask, TaskState
from aimusic_desktop.options import Options
from tests.support.command import KEY, NOT_READY, Done, environment, finished, run, start
from tests.support.media import wav
from tests.support.processes import wait_until
from tests.support.service import Reply, Service, as_json

TASK = "9329c1ad-c5b2-4d41-a3b6-842d7c2674b1"
OTHER = "0f8fad5b-d9cb-469f-a165-70867728950e"
CLIP = "74dc7bf7-56bf-457c-a4a3-3fa12f05d727"
SONG_S = 0.5  # of wav()
TWIN = "7c9e6679-7425-40de-944b-e07fc1f90ae7"


@pytest.fixture
def get(service: Service):
    def run_get(*arguments: str, **env: str | None) -> Done:
        changed = environment(AIMUSIC_API_URL=service.api_url, **env)
        return run("get", *arguments, env=changed)

    return run_get


@pytest.fixture
def song_url(service: Service) -> str:
    return service.serve_file("/songs/lights.wav", wav(), "audio/wav")


def two_clips(first: dict[str, Any], second: dict[str, Any]) -> Any:
    return as_json({"code": 200, "data": [first, second], "message": "success"})


def in_library(task_id: str) -> MusicTask | None:
    """The task as the library of the last command has it."""

    async def look() -> MusicTask | None:
        core = await Core.open(Options(), resume=False)
        try:
            return await core.library.task(task_id)
        finally:
            await core.close()

    return asyncio.run(look())


def test_a_finished_task_is_one_object_with_these_keys_in_this_order(get, service, song_url) -> None:
    service.on_task("producer", TASK, finished(CLIP, audio_url=song_url))
    done = get(TASK, "--json")
    assert (done.code, done.err) == (0, "")
    [task] = done.objects
    clip = {
        "clip_id": CLIP,
        "title": "City Lights",
        "style": "emotional pop with gentle piano",
        "lyrics": "[Verse 1]\nI've been running in circles...",
        "model": "FUZZ-2.0 Pro",
        "seed": "3966900172",
        "duration_s": 185.02,
        "created_at": "2025-10-01T08:49:47.934443Z",
        "image_url": None,
        "audio_url": song_url,
        "state": "succeeded",
        "file": None,
        "error": None,
    }
    answer = {"task_id": TASK, "product": "producer", "state": "succeeded", "error": None, "clips": [clip]}
    assert task == answer
    assert list(task) == list(answer)
    assert list(task["clips"][0]) == list(clip)
    assert service.paths() == [f"/api/v1/producer/task/{TASK}"]
    assert service.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_numbers_for_seeds_and_strings_for_lengths_are_set_right(get, service, song_url) -> None:
    service.on_task("sonic", TASK, finished(CLIP, audio_url=song_url, seed=42, duration="12.5"))
    [task] = get(TASK, "--json", "--product", "Sonic").objects
    assert (task["clips"][0]["seed"], task["clips"][0]["duration_s"]) == ("42", 12.5)
    service.on_task("sonic", OTHER, finished(CLIP, audio_url=song_url, seed=None, duration=None))
    [task] = get(OTHER, "--json", "--product", "sonic").objects
    assert (task["clips"][0]["seed"], task["clips"][0]["duration_s"]) == ("", None)


def test_ids_links_and_texts_are_taken_once_each_and_answered_in_order(get, service, song_url) -> None:
    service.on_task("sonic", OTHER, finished(TWIN, audio_url=song_url, tags="folk"))
    service.on_task("producer", TASK, finished(CLIP, audio_url=song_url))
    link = f"https://api.aimusicapi.ai/api/v1/sonic/task/{OTHER}"
    done = get(OTHER, f'{{"task_id": "{TASK}"}}', link, f"{TASK}, {OTHER.upper()}", "--json")
    assert done.code == 0
    assert [(task["task_id"], task["product"]) for task in done.objects] == [
        (OTHER, "sonic"),
        (TASK, "producer"),
    ]
    assert len(service.requests) == 2


def test_a_bare_id_is_tried_on_the_products_and_a_forced_one_is_not(get, service) -> None:
    done = get(TASK, "--json")
    assert done.code == 1
    assert (done.objects[0]["state"], done.objects[0]["clips"]) == ("not_found", [])
    assert done.objects[0]["error"].endswith(".")
    assert [path.split("/")[3] for path in service.paths()] == ["producer", "sonic", "riffusion"]
    service.requests.clear()
    get(OTHER, "--product", "sonic")
    assert service.paths() == [f"/api/v1/sonic/task/{OTHER}"]
    service.requests.clear()
    get(OTHER, "--product", "producer")  # the first guess was wrong
    assert service.paths() == [f"/api/v1/producer/task/{OTHER}"]


def test_it_waits_until_a_task_is_settled(get, service, song_url) -> None:
    service.on_task("producer", TASK, NOT_READY, finished(CLIP, audio_url=song_url))
    [task] = get(TASK, "--json").objects
    assert task["state"] == "succeeded"
    assert len(service.requests) == 2


def test_songs_are_saved_as_tagged_files(get, service, song_url, tmp_path) -> None:
    clip = {"title": "City Lights", "sound": "soft pop", "audio_url": song_url, "state": "succeeded"}
    service.on_task("sonic", TASK, two_clips({**clip, "clip_id": CLIP}, {**clip, "clip_id": TWIN}))
    folder = tmp_path / "new" / "songs"
    done = get(TASK, "--product", "sonic", "--save", str(folder), "--json")
    assert (done.code, done.err) == (0, "")
    files = sorted(clip["file"] for clip in done.objects[0]["clips"])
    assert files == [str(folder / "City Lights (2).wav"), str(folder / "City Lights.wav")]
    assert sorted(map(str, folder.iterdir())) == files
    assert str(WAVE(files[1]).tags["TIT2"]) == "City Lights"
    assert all("authorization" not in request.headers for request in service.requests[1:])


def test_a_song_that_cannot_be_saved_is_said_and_the_others_are_kept(
    get, service, song_url, tmp_path
) -> None:
    gone = f"{service.origin}/songs/gone.wav"
    clip = {"title": "City Lights", "state": "succeeded"}
    broken, good = (
        {**clip, "clip_id": CLIP, "audio_url": gone},
        {**clip, "clip_id": TWIN, "audio_url": song_url},
    )
    service.on_task("sonic", TASK, two_clips(broken, good))
    done = get(TASK, "--product", "sonic", "--save", str(tmp_path), "--json")
    assert done.code == 1
    [task] = done.objects
    assert task["state"] == "succeeded"
    assert [bool(clip["file"]) for clip in task["clips"]] == [False, True]
    assert task["clips"][0]["error"].endswith(".")


def test_a_half_failed_task_keeps_its_good_song(get, service, song_url, tmp_path) -> None:
    good = {"clip_id": CLIP, "title": "Kept", "audio_url": song_url, "state": "succeeded"}
    bad = {"clip_id": TWIN, "state": "failed", "error_message": "The lyrics were refused."}
    service.on_task("sonic", TASK, two_clips(good, bad))
    done = get(TASK, "--product", "sonic", "--save", str(tmp_path), "--json")
    assert done.code == 1
    [task] = done.objects
    assert task["state"] == "partial"
    assert task["clips"][0]["file"] == str(tmp_path / "Kept.wav")
    assert (task["clips"][1]["state"], task["clips"][1]["file"]) == ("failed", None)
    assert "refused" in task["clips"][1]["error"]


def test_a_failed_task_says_why(get, service) -> None:
    service.on_task("producer", TASK, as_json({"type": "failed", "error": "The lyrics were refused."}))
    done = get(TASK, "--json", "--product", "producer")
    assert done.code == 1
    assert (done.objects[0]["state"], done.objects[0]["clips"]) == ("failed", [])
    assert "The lyrics were refused" in done.objects[0]["error"]


def test_at_the_timeout_what_is_not_settled_is_said_so_and_stays_unfinished(get, service, song_url) -> None:
    service.on_task("producer", TASK, NOT_READY)
    service.on_task("sonic", OTHER, finished(TWIN, audio_url=song_url))
    begun = time.monotonic()
    done = get(TASK, f"/sonic/task/{OTHER}", "--json", "--timeout", "1.5")
    assert time.monotonic() - begun < 10
    assert done.code == 1
    assert [task["state"] for task in done.objects] == ["timed_out", "succeeded"]
    assert "1.5 s" in done.objects[0]["error"]
    task = in_library(TASK)
    assert task is not None
    assert (task.state.settled, task.error) == (False, None)


def test_a_service_that_cannot_be_reached_is_said_at_the_timeout(get) -> None:
    done = get(TASK, "--json", "--timeout", "1", "--api-url", "http://127.0.0.1:9")
    assert done.code == 1
    assert "reach" in done.objects[0]["error"]


def test_a_known_task_is_looked_up_afresh_and_good_data_is_never_lost(get, service, song_url) -> None:
    service.on_task("producer", TASK, finished(CLIP, audio_url=song_url))
    get(TASK)
    service.on_task("producer", TASK, finished(CLIP, audio_url=song_url, title="New Title"))
    [task] = get(TASK, "--json").objects
    assert task["clips"][0]["title"] == "New Title"
    service.on_task("producer", TASK, as_json({"type": "not_found", "error": "task not found."}, 404))
    done = get(TASK, "--json")
    assert len(service.requests) == 3
    assert done.code == 0
    assert done.objects == [task]


@pytest.mark.parametrize("texts", [["hello"], ["-", ""], ["9329c1ad-c5b2-4d41-a3b6"]])
def test_without_any_id_it_is_bad_usage_said_in_a_sentence(get, service, texts) -> None:
    done = get("--json", "--", *texts)
    assert (done.code, done.out) == (2, "")
    assert "no task id" in done.err
    assert service.requests == []


def test_what_is_no_id_beside_one_is_said_and_left_out(get, service, song_url) -> None:
    service.on_task("producer", TASK, finished(CLIP, audio_url=song_url))
    done = get(TASK, "9329c1ad-c5b2-4d41-a3b6", "--json")
    assert (done.code, len(done.objects)) == (0, 1)
    assert "“9329c1ad-c5b2-4d41-a3b6” is not a task id." in done.err


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
    begun = time.monotonic()
    done = get(TASK, OTHER, "--json")
    assert time.monotonic() - begun < 15
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


def test_for_people_it_prints_a_short_text(get, service, song_url, tmp_path) -> None:
    service.on_task("producer", TASK, finished(CLIP, audio_url=song_url))
    done = get(TASK, OTHER)
    assert done.code == 1
    first, second = done.out.split(f"{OTHER}: ")
    assert first == f"{TASK}: succeeded\n  City Lights · 3:05 · FUZZ-2.0 Pro\n    {song_url}\n"
    assert second.startswith("not found\n  ")
    assert second.endswith(".\n")
    service.on_task("producer", TASK, finished(CLIP, audio_url=song_url, duration=SONG_S))
    saved = get(TASK, "--save", str(tmp_path))
    assert str(tmp_path / "City Lights.wav") in saved.out
    assert song_url not in saved.out


def test_a_song_of_another_length_is_saved_when_told_to(get, service, song_url, tmp_path) -> None:
    service.on_task("producer", TASK, finished(CLIP, audio_url=song_url))
    refused = get(TASK, "--json", "--save", str(tmp_path))
    assert refused.code == 1
    assert "the service says 3:05" in refused.objects[0]["clips"][0]["error"]
    done = get(TASK, "--json", "--save", str(tmp_path), "--any-length")
    assert (done.code, done.objects[0]["clips"][0]["file"]) == (0, str(tmp_path / "City Lights.wav"))


def test_an_output_of_another_encoding_is_no_error(get, service, song_url) -> None:
    service.on_task("producer", TASK, finished(CLIP, audio_url=song_url, title="Lumière 灯"))
    done = get(TASK, PYTHONIOENCODING="ascii")
    assert (done.code, done.err) == (0, "")
    assert "Lumi?re ?" in done.out


def test_one_folder_holds_everything(get, service, tmp_path) -> None:
    home = tmp_path / "elsewhere"
    get(TASK, "--home", str(home))
    assert {path.name for path in home.iterdir()} >= {"library.sqlite3", "logs"}
    assert not (tmp_path / "home").exists()


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
    settled = (tmp_path / "Saved.wav").exists if saving else (lambda: len(service.requests) >= 3)
    wait_until(settled, "the first is settled", 30)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
    assert (process.returncode, err) == (130, "")
    files = {json.loads(line)["task_id"]: json.loads(line)["clips"][0]["file"] for line in out.splitlines()}
    assert files == ({TASK: None, OTHER: str(tmp_path / "Saved.wav")} if saving else {TASK: None})


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT to send to a process there")
def test_ctrl_c_ends_it_cleanly(service) -> None:
    service.on_task("producer", TASK, NOT_READY)
    process = start("get", TASK, env=environment(AIMUSIC_API_URL=service.api_url))
    wait_until(lambda: service.requests, "the service was asked", 30)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
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


def test_the_demo_needs_no_key_and_leaves_the_users_library_alone(get, tmp_path) -> None:
    from aimusic_desktop.demo.server import DemoService

    demo = DemoService()
    demo.start()
    demo.stop()
    done = get(demo.task_ids[0], "--demo", "--json", AIMUSIC_API_KEY=None)
    assert done.code == 0
    assert done.objects[0]["state"] == "succeeded"
    assert not (tmp_path / "home" / "library.sqlite3").exists()


def test_a_media_link_of_another_scheme_is_left_out(get, service, song_url) -> None:
    service.on_task("producer", TASK, finished(CLIP, audio_url=song_url, image_url="file:///etc/passwd"))
    [task] = get(TASK, "--json").objects
    assert (task["clips"][0]["audio_url"], task["clips"][0]["image_url"]) == (song_url, None)


def test_a_task_state_word_is_one_of_the_contract() -> None:
    settled = {state.value for state in TaskState if state.settled}
    assert settled == {"succeeded", "partial", "failed", "not_found", "timed_out"}


def trickle() -> Iterator[bytes]:
    data = wav()
    yield data[:1000]
    for at in range(1000, len(data), 10):
        time.sleep(0.1)
        yield data[at : at + 10]


@pytest.mark.parametrize("media", [Reply(stall_s=60), Reply(chunks=trickle, length=len(wav()))])
def test_the_timeout_bounds_saving_too(get, service, song_url, tmp_path, media) -> None:
    service.on("/songs/slow.wav", media)
    clip = {"title": "City Lights", "state": "succeeded"}
    good, slow = ({"clip_id": CLIP, "audio_url": song_url}, {"clip_id": TWIN})
    slow["audio_url"] = f"{service.origin}/songs/slow.wav"
    service.on_task("sonic", TASK, two_clips(clip | good, clip | slow))
    begun = time.monotonic()
    done = get(TASK, "--product", "sonic", "--save", str(tmp_path), "--json", "--timeout", "4")
    assert time.monotonic() - begun < 12
    assert (done.code, done.err) == (1, "")
    saved, late = done.objects[0]["clips"]
    assert (saved["file"], saved["error"]) == (str(tmp_path / "City Lights.wav"), None)
    assert late["file"] is None
    assert late["error"].startswith("Saving was not finished within 4 s. ")


def test_finished_songs_are_saved_though_others_took_all_the_time(get, service, song_url, tmp_path) -> None:
    service.on_task("producer", TASK, NOT_READY)
    song = Reply(body=wav(), headers={"Content-Type": "audio/wav"}, stall_s=1.5)
    service.on("/songs/lights.wav", song)
    service.on_task("sonic", OTHER, finished(TWIN, audio_url=song_url, duration=SONG_S))
    done = get(TASK, f"/sonic/task/{OTHER}", "--json", "--timeout", "1", "--save", str(tmp_path))
    assert done.objects[1]["clips"][0]["file"] == str(tmp_path / "City Lights.wav")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL there")
def test_a_command_that_was_killed_is_gone_on_with_by_the_next(get, service, song_url, tmp_path) -> None:
    service.on("/songs/lights.wav", Reply(stall_s=60))
    service.on_task("producer", TASK, finished(CLIP, audio_url=song_url, duration=SONG_S))
    arguments = (TASK, "--save", str(tmp_path / "out"))
    process = start("get", *arguments, env=environment(AIMUSIC_API_URL=service.api_url))
    wait_until(
        lambda: any(request.path == "/songs/lights.wav" for request in service.requests), "it began", 30
    )
    process.kill()
    process.communicate(timeout=10)
    service.serve_file("/songs/lights.wav", wav(), "audio/wav")
    assert get(*arguments).code == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["City Lights.wav"]


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


def test_the_link_that_is_told_is_the_fresh_one(get, service, song_url, tmp_path) -> None:
    old = f"{service.origin}/songs/old.wav"
    service.on("/songs/old.wav", Reply(403))
    answers = [finished(CLIP, audio_url=url, duration=SONG_S) for url in (old, song_url)]
    service.on_task("producer", TASK, *answers)
    done = get(TASK, "--json", "--save", str(tmp_path))
    [clip] = done.objects[0]["clips"]
    assert (done.code, clip["audio_url"]) == (0, song_url)
    assert clip["file"] == str(tmp_path / "City Lights.wav")


def test_a_final_sentence_gives_the_reason_and_promises_nothing(get, service) -> None:
    service.on_task("producer", TASK, as_json({"error": "oops"}, 500))
    [task] = get(TASK, "--json", "--timeout", "1", "--product", "producer").objects
    assert task["error"] == "Not finished within 1 s. The service has trouble (oops)."


def test_clips_of_a_task_that_timed_out_are_waited_for_no_more(get, service) -> None:
    service.on_task("sonic", TASK, two_clips({"clip_id": CLIP, "state": "running"}, {"clip_id": TWIN}))
    [task] = get(TASK, "--json", "--timeout", "1", "--product", "sonic").objects
    assert {clip["state"] for clip in task["clips"]} == {"failed"}
    known = in_library(TASK)
    assert known is not None
    assert not any(clip.state.settled for clip in known.clips)


def test_it_asks_about_its_own_tasks_only(get, service, song_url) -> None:
    service.on_task("producer", TASK, NOT_READY)
    get(TASK, "--timeout", "1")
    service.requests.clear()
    service.on_task("producer", OTHER, NOT_READY, finished(CLIP, audio_url=song_url))
    get(OTHER)
    get(OTHER)
    assert {path.rpartition("/")[2] for path in service.paths()} == {OTHER}


def test_a_trouble_that_stays_is_said_once(get) -> None:
    done = get(TASK, "--json", "--timeout", "8", "--api-url", "http://127.0.0.1:9")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "reach" in done.err
