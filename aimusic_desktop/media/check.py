"""What was fetched, looked at before it is kept: a song, whole, and as long as it should be."""

from __future__ import annotations

from pathlib import Path

from aimusic_desktop.media.audio_type import HEAD_BYTES, AudioType, is_whole, sniff
from aimusic_desktop.media.errors import CutShort, MediaError, NotAudio, disk_trouble
from aimusic_desktop.media.tags import length_s, measure

TOLERANCE_S = 1.0
_SHORT_S = 10.0  # what the service says of songs as short as this is no measure


class WrongLength(MediaError):
    """The song does not last as long as the service says; given both in seconds."""

    def __init__(self, found_s: float, expected_s: float) -> None:
        super().__init__(
            f"This song lasts {_clock(found_s)}, but the service says {_clock(expected_s)}. "
            "Try again, or save it all the same."
        )


def check_song(path: Path, duration_s: float | None, any_length: bool) -> AudioType:
    """What kind of song the file holds, once it is known to be a whole one. Blocks: call it in a thread.

    ``duration_s`` is what the service says, None if it says nothing; ``any_length``: the user wants the
    song whatever its length. Raises ``NotAudio``, ``CutShort``, ``WrongLength``, or ``MediaError`` when the
    file cannot be read.
    """
    try:
        with path.open("rb") as file:
            audio_type = sniff(file.read(HEAD_BYTES))
        if audio_type is None:
            raise NotAudio
        if not is_whole(path, audio_type):
            raise CutShort
        found_s = measure(path, audio_type)
    except OSError as error:
        raise disk_trouble(error, path.parent) from error
    if duration_s and found_s is not None and not any_length and abs(found_s - duration_s) > TOLERANCE_S:
        raise WrongLength(found_s, duration_s)
    return audio_type


def is_half(path: Path, audio_type: AudioType, expected_s: float | None) -> bool:
    """Whether less than half of the song is there, told by how long it lasts. Blocks; raises ``OSError``."""
    if expected_s is None or expected_s <= _SHORT_S:
        return False
    found_s = length_s(path, audio_type)
    return found_s is not None and found_s < expected_s / 2


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}"
