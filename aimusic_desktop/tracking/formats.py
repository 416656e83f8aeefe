"""What a song can be had as, at which price, and where it lies already. Pure."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import urlsplit

from aimusic_desktop.api.decode import Outcome
from aimusic_desktop.api.products import PRODUCTS
from aimusic_desktop.model import Clip, SaveFormat

_SUFFIXES = {
    ".wav": SaveFormat.WAV,
    ".mp3": SaveFormat.MP3,
    **dict.fromkeys((".m4a", ".mp4", ".aac"), SaveFormat.ORIGINAL),
}


def free_link(clip: Clip, wanted: SaveFormat) -> str | None:
    """Where a finished clip lies in this format without any conversion, if it does."""
    if not clip.ready:
        return None
    if wanted is SaveFormat.WAV and clip.wav_url:
        return clip.wav_url
    return clip.audio_url if wanted in (SaveFormat.ORIGINAL, _made_as(clip)) else None


def price(clip: Clip, wanted: SaveFormat) -> int | None:
    """What the service takes for making it, in credits; None when it does not."""
    if clip.product is None or not clip.ready:
        return None
    return PRODUCTS[clip.product].conversions.get(wanted)


def converted_link(outcome: Outcome, wanted: SaveFormat) -> str | None:
    """The file that the task of a conversion answers."""
    ready = next((clip for clip in outcome.clips if clip.ready), None)
    if ready is None:
        return None
    return ready.wav_url if wanted is SaveFormat.WAV and ready.wav_url else ready.audio_url


def _made_as(clip: Clip) -> SaveFormat:
    """What a clip is by its link's name, else as its product's songs are."""
    suffix = PurePosixPath(urlsplit(clip.audio_url or "").path).suffix.lower()
    known = PRODUCTS[clip.product].made_as if clip.product else SaveFormat.ORIGINAL
    return _SUFFIXES.get(suffix, known)
