"""The demo's own songs, as resources/demo/songs.toml describes them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from aimusic_desktop.assets import asset


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSong:
    """One song and its files.

    ``duration_s`` is what the audio file itself says. ``tone_hz`` is the steady, quiet tone in it, by
    which a recording can tell which song plays.
    """

    key: str
    clip_id: str
    title: str
    style: str
    lyrics: str
    model: str
    seed: str
    created_at: str
    duration_s: float
    tone_hz: float

    @property
    def audio(self) -> Path:
        """The song: AAC in MP4, its index at the front."""
        return asset("demo", "songs", f"{self.key}.m4a")

    @property
    def mp3(self) -> Path:
        """The same as a small MP3, for the songs that the stand-in sells one of."""
        return asset("demo", "songs", f"{self.key}.mp3")

    @property
    def cover(self) -> Path:
        """The cover: a JPEG of 768 × 768 pixels."""
        return asset("demo", "covers", f"{self.key}.jpg")

    @property
    def files(self) -> list[Path]:
        """All of them that there are."""
        return [path for path in (self.audio, self.mp3, self.cover) if path.exists()]


def load_songs() -> dict[str, DemoSong]:
    """Reads the songs from disk, by key, in the order of the file."""
    listed = tomllib.loads(asset("demo", "songs.toml").read_text("utf-8"))
    return {key: DemoSong(key=key, **facts) for key, facts in listed.items()}
