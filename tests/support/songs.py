"""Tasks a service answers with real songs of the demo."""

from __future__ import annotations

import tomllib
from typing import Any

from aimusic_desktop.assets import asset
from tests.support.api import CITY_LIGHTS, finished
from tests.support.service import Reply, Service, as_json

NOT_READY = as_json({"type": "not_ready"}, 202)

TONES_HZ: dict[str, float] = {
    name: song["tone_hz"]
    for name, song in tomllib.loads(asset("demo", "songs.toml").read_text("utf-8")).items()
}
"""The tone that only this song of the demo has, by the name of its file."""


def song(service: Service, **facts: Any) -> Reply:
    """The documented example with its song on ``service``; ``facts`` replace fields of the clip."""
    audio_url = service.serve_file("/song.m4a", asset("demo", "songs", "city-lights.m4a").read_bytes())
    return as_json(finished(CITY_LIGHTS["data"][0] | {"image_url": None, "audio_url": audio_url} | facts))
