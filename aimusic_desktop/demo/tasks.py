"""The demo's tasks: what the service would answer for each, and from when on. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aimusic_desktop.demo.songs import DemoSong
from aimusic_desktop.model import Product

Json = dict[str, Any]

REFUND = "The song could not be generated. The 10 credits of this task were refunded."


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP status and the JSON to answer with."""

    status: int
    body: Json


@dataclass(frozen=True, slots=True)
class DemoTask:
    """A task. ``stages`` are (seconds since it was first asked for, reply), the earliest first."""

    task_id: str
    product: Product
    stages: tuple[tuple[float, Reply], ...]

    def reply(self, age_s: float) -> Reply:
        """The answer ``age_s`` seconds after the task was first asked for."""
        return [reply for after_s, reply in self.stages if after_s <= age_s][-1]


NOT_READY = Reply(202, {"type": "not_ready"})
_STILL_NOT_READY = Reply(202, {"code": 202, "type": "not_ready", "error": "The task is not ready yet."})
_PENDING = Reply(200, {"code": 200, "status": "PENDING", "data": []})
_RUNNING = Reply(200, {"code": 200, "status": "RUNNING", "data": []})
_FAILED = Reply(200, {"code": 200, "status": "FAILED", "data": [], "message": REFUND})
RETIRED = Reply(
    410, {"type": "endpoint_retired", "error": "Nuro was retired. Its tasks can no longer be queried."}
)


def demo_tasks(songs: Mapping[str, DemoSong], media_url: str) -> tuple[DemoTask, ...]:
    """Every task of the demo, in the order to show them in. Media links begin with ``media_url``."""
    producer, sonic, riffusion = (
        _clips(songs, media_url, made) for made in (_producer_clip, _sonic_clip, _riffusion_clip)
    )
    return (
        # The documented example; nothing in it is the demo's own but where the files lie.
        DemoTask(
            "d82498e2-ecc4-4785-8430-dfef88587462",
            Product.PRODUCER,
            ((0, Reply(200, {"code": 200, "data": producer("city-lights"), "message": "success"})),),
        ),
        DemoTask(
            "c50beb60-7ba1-4a79-8f04-300371639c24",
            Product.SONIC,
            ((0, _finished(sonic("orange-grove", "orange-grove-evening"))),),
        ),
        DemoTask(
            "3fad75f0-4786-4e9e-a099-839b5da3f61a",
            Product.PRODUCER,
            ((0, _success(_with_wav(producer("paper-lanterns")))),),
        ),
        DemoTask(
            "83eebed4-cf59-40ea-90f9-b7228a2d11e1",
            Product.PRODUCER,
            ((0, NOT_READY), (3, _RUNNING), (7, _success(producer("slow-tide")))),
        ),
        DemoTask(
            "d19bd005-f298-461e-865a-074888997b53",
            Product.SONIC,
            (
                (0, _finished(_one_running(sonic("long-way-home", "long-way-home-alone")))),
                (15, _finished(sonic("long-way-home", "long-way-home-alone"))),
            ),
        ),
        DemoTask(
            "25b3afb2-97c8-4607-9305-5603dac8359d",
            Product.PRODUCER,
            ((0, _PENDING), (4, _RUNNING), (12, _success(producer("midnight-ferry")))),
        ),
        DemoTask(
            "c851fd4a-7086-4569-8ac1-a6822555c9b1",
            Product.SONIC,
            ((0, _STILL_NOT_READY), (10, _finished(sonic("little-rocket", "little-rocket-unplugged")))),
        ),
        DemoTask(
            "4c084701-2c8c-4d2d-a8b9-9b5135c24c88",
            Product.SONIC,
            ((0, _finished([*sonic("northern-window"), _failed_clip()])),),
        ),
        DemoTask(
            "fecc5743-ee58-46bf-af26-da22cc4d8628",
            Product.RIFFUSION,
            ((0, _finished(riffusion("glass-garden", "glass-garden-rain"))),),
        ),
        DemoTask("af97703b-8a4b-4083-97eb-56fe1c9ed1ca", Product.PRODUCER, ((0, _RUNNING), (5, _FAILED))),
        DemoTask("4834d772-8413-4b69-a875-78dbd8b3cc1b", Product.NURO, ((0, RETIRED),)),
    )


def _clips(
    songs: Mapping[str, DemoSong], media_url: str, made: Callable[[DemoSong, str], Json]
) -> Callable[..., list[Json]]:
    return lambda *keys: [made(songs[key], f"{media_url}/{key}") for key in keys]


def _finished(clips: list[Json]) -> Reply:
    return Reply(200, {"code": 200, "data": clips, "message": "success"})


def _success(clips: list[Json]) -> Reply:
    return Reply(200, {"code": 200, "status": "SUCCESS", "data": clips, "message": "success"})


def _producer_clip(song: DemoSong, link: str) -> Json:
    """A clip with the keys of the documented example, in its order."""
    return {
        "clip_id": song.clip_id,
        "title": song.title,
        "sound": song.style,
        "lyrics": song.lyrics,
        "image_url": f"{link}.jpg",
        "audio_url": f"{link}.m4a",
        "video_url": None,
        "created_at": song.created_at,
        "mv": song.model,
        "seed": song.seed,
        "duration": song.duration_s,
        "state": "succeeded",
    }


def _with_wav(clips: list[Json]) -> list[Json]:
    """The same clips as newer answers have them: each also as a WAV."""
    return [clip | {"wav_url": clip["audio_url"].replace(".m4a", ".wav")} for clip in clips]


def _sonic_clip(song: DemoSong, link: str) -> Json:
    """Sonic says ``tags`` for the style, and gives the duration as a string and the seed as a number."""
    clip = _producer_clip(song, link) | {"seed": int(song.seed), "duration": f"{song.duration_s:.2f}"}
    return {("tags" if name == "sound" else name): value for name, value in clip.items()}


def _riffusion_clip(song: DemoSong, link: str) -> Json:
    """The oldest dialect: ``id`` and ``lyric``, and the state shouted."""
    names = {"clip_id": "id", "lyrics": "lyric"}
    clip = _producer_clip(song, link) | {"state": "SUCCEEDED"}
    return {names.get(name, name): value for name, value in clip.items()}


def _one_running(clips: list[Json]) -> list[Json]:
    """The same clips with the last one still being made."""
    return [*clips[:-1], clips[-1] | {"audio_url": None, "duration": None, "state": "running"}]


def _failed_clip() -> Json:
    return {
        "clip_id": "88841349-0f2d-4026-ba15-d3187f23b2b1",
        "title": "Northern Window",
        "tags": "music box waltz, felt piano, winter strings",
        "image_url": None,
        "audio_url": None,
        "created_at": "2025-10-11T20:16:55.087Z",
        "mv": "sonic-v5",
        "state": "failed",
        "error_message": "This take could not be generated. Its credits were refunded.",
    }
