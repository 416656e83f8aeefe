from __future__ import annotations

from aimusic_desktop.model import TaskState
from tests.support.command import (
    CLIP,
    KEY,
    NOT_READY,
    OTHER,
    SONG_S,
    TASK,
    TWIN,
    finished,
    in_library,
    two_clips,
)
from tests.support.service import as_json


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


def test_a_failed_task_says_why(get, service) -> None:
    service.on_task("producer", TASK, as_json({"type": "failed", "error": "The lyrics were refused."}))
    done = get(TASK, "--json", "--product", "producer")
    assert done.code == 1
    assert (done.objects[0]["state"], done.objects[0]["clips"]) == ("failed", [])
    assert "The lyrics were refused" in done.objects[0]["error"]


def test_at_the_timeout_what_is_not_settled_is_said_so_and_stays_unfinished(get, service, song_url) -> None:
    service.on_task("producer", TASK, NOT_READY)
    service.on_task("sonic", OTHER, finished(TWIN, audio_url=song_url))
    done = get(TASK, f"/sonic/task/{OTHER}", "--json", "--timeout", "6.5")
    assert done.code == 1
    assert [task["state"] for task in done.objects] == ["timed_out", "succeeded"]
    assert "6.5 s" in done.objects[0]["error"]
    task = in_library(TASK)
    assert task is not None
    assert (task.state.settled, task.error) == (False, None)


def test_a_service_that_cannot_be_reached_is_said_at_the_timeout(get) -> None:
    done = get(TASK, "--json", "--timeout", "6", "--api-url", "http://127.0.0.1:9")
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


def test_what_is_no_id_beside_one_is_said_and_left_out(get, service, song_url) -> None:
    service.on_task("producer", TASK, finished(CLIP, audio_url=song_url))
    done = get(TASK, "9329c1ad-c5b2-4d41-a3b6", "--json")
    assert (done.code, len(done.objects)) == (0, 1)
    assert "“9329c1ad-c5b2-4d41-a3b6” is not a task id." in done.err


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


def test_a_final_sentence_gives_the_reason_and_promises_nothing(get, service) -> None:
    service.on_task("producer", TASK, as_json({"error": "oops"}, 500))
    [task] = get(TASK, "--json", "--timeout", "6", "--product", "producer").objects
    assert task["error"] == "Not finished within 6 s. The service has trouble (oops)."


def test_clips_of_a_task_that_timed_out_are_waited_for_no_more(get, service) -> None:
    service.on_task("sonic", TASK, two_clips({"clip_id": CLIP, "state": "running"}, {"clip_id": TWIN}))
    [task] = get(TASK, "--json", "--timeout", "6", "--product", "sonic").objects
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
    done = get(TASK, "--json", "--timeout", "14", "--api-url", "http://127.0.0.1:9")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "reach" in done.err
