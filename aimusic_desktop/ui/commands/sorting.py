"""What a file is that someone gave us, told by its content."""

from __future__ import annotations

from pathlib import Path

from aimusic_desktop.errors import AppError
from aimusic_desktop.exchange.files import read_export
from aimusic_desktop.exchange.gathering import Gathering, Imported
from aimusic_desktop.media.audio_type import HEAD_BYTES, sniff
from aimusic_desktop.media.tags import Origin, origin_of
from aimusic_desktop.tracking.intake import read_text_file


def sort_out(path: Path, gathering: Gathering) -> Origin | Imported | str | None:
    """Where a saved song came from, what an exported file holds, or a text that may hold ids.

    None for a song that this program did not save, or saved without tags. Blocks; raises AppError for what
    cannot be read.
    """
    try:
        if not path.is_file():
            raise AppError(f"“{path.name}” is not a file that can be read.")
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise AppError(f"“{path.name}” could not be read: {error.strerror}.") from error
    if sniff(head) is not None:
        return origin_of(path)
    imported = read_export(path, gathering)
    return read_text_file(path) if imported is None else imported
