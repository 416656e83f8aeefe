"""Whether what came for a save job is what was wanted."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aimusic_desktop.media.check import WrongLength, check_song
from aimusic_desktop.media.errors import MediaError, NotAudio
from aimusic_desktop.model import SaveFormat
from aimusic_desktop.saving.job import SaveJob


class WrongFormat(NotAudio):
    """The service sent another format than it was asked for."""

    def __init__(self, wanted: SaveFormat) -> None:
        MediaError.__init__(self, f"What the service sent is no {wanted.upper()} file. Try again later.")


async def check(job: SaveJob, source: Path) -> None:
    """See that the file is a whole song of the length and the format that the job is about.

    Raises ``WrongLength``, which the job remembers, ``WrongFormat``, and what ``check_song`` raises.
    """
    try:
        audio_type = await asyncio.to_thread(check_song, source, job.clip.duration_s, job.any_length)
    except WrongLength:
        job.wrong_length = True
        raise
    if job.format is not SaveFormat.ORIGINAL and audio_type.suffix != f".{job.format}":
        raise WrongFormat(job.format)
