"""What lies beside a saved song, if wanted: its cover, its lyrics, the service's answer.

Blocks: call it in a thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from aimusic_desktop.media.errors import disk_trouble
from aimusic_desktop.media.exclusive import names_in, sync_file, take_name
from aimusic_desktop.media.naming import name_key, numbered
from aimusic_desktop.media.picture_size import suffix_of
from aimusic_desktop.media.style import SaveStyle
from aimusic_desktop.media.template import Template
from aimusic_desktop.model import Clip


def write_beside(
    song: Path, clip: Clip, cover: bytes | None, answer: str | None, style: SaveStyle, part: Path
) -> list[Path]:
    """Put the files that ``style`` wants beside ``song``, each with its name and another suffix.

    ``answer`` is the service's JSON as it was sent. A file that is there already with the same content is
    left; one with another content keeps its name and the new one gets a number. ``part`` was the song's
    temporary file: those made here begin with its name, for ``remove_parts``. What is not known is not
    written. Gives the files that hold it all now. Raises ``MediaError``.
    """
    try:
        return [
            _kept(song, suffix, content, part)
            for suffix, content in _contents(clip, cover, answer, style)
            if content
        ]
    except OSError as error:
        raise disk_trouble(error, song.parent) from error


def _contents(
    clip: Clip, cover: bytes | None, answer: str | None, style: SaveStyle
) -> Iterator[tuple[str, bytes]]:
    if style.cover and cover and (suffix := suffix_of(cover)):
        yield suffix, cover
    if style.lyrics == "lrc":
        yield ".lrc", _encoded(_lrc(clip, style))
    elif style.lyrics:
        yield ".txt", _encoded(clip.lyrics)
    if style.json and answer:
        yield ".json", answer.encode(errors="replace")


def _encoded(text: str) -> bytes:
    return f"{text.strip()}\n".encode(errors="replace") if text.strip() else b""


def _lrc(clip: Clip, style: SaveStyle) -> str:
    """The lyrics with the song's facts in front, as players read them; the service sends no times."""
    if not clip.lyrics.strip():
        return ""
    tags = style.tags
    facts = {
        "ti": Template.or_default(tags.title).text(clip),
        "ar": Template.or_default(tags.artist, "").text(clip),
        "al": Template.or_default(tags.album, "").text(clip),
        "length": _clock(clip.duration_s) if clip.duration_s else "",
    }
    return "\n".join([*(f"[{name}:{text}]" for name, text in facts.items() if text), clip.lyrics.strip()])


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes:02}:{rest:02}"


def _kept(song: Path, suffix: str, content: bytes, part: Path) -> Path:
    """The file beside the song that holds the content, there already or made now."""
    taken = names_in(song.parent)
    fresh = part.with_name(part.name + suffix)
    number = 1
    while True:
        name = numbered(song.stem, number, suffix)
        target = song.with_name(taken.get(name_key(name), name))
        if _holds(target, content) or _placed(fresh, target, content):
            return target
        number += 1


def _placed(fresh: Path, target: Path, content: bytes) -> bool:
    """Put the content there. False when the name is taken."""
    try:
        fresh.unlink(missing_ok=True)  # a run that died may have left half of it
        with fresh.open("xb") as file:
            file.write(content)
        sync_file(fresh)
        take_name(fresh, target)
    except FileExistsError:
        return False
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
    return True


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.is_file() and path.read_bytes() == content
    except OSError:  # a link to nowhere, a file of somebody else's
        return False
