"""What lies beside a saved song, if wanted: its cover, its lyrics, the service's answer.

Blocks: call it in a thread.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path, PurePath

from aimusic_desktop.lyrics.lines import timing
from aimusic_desktop.lyrics.lrc import head, to_lrc
from aimusic_desktop.media.audio_type import AudioType
from aimusic_desktop.media.errors import MediaError, disk_trouble
from aimusic_desktop.media.exclusive import names_in, sync_file, sync_folder, take_name
from aimusic_desktop.media.picture_size import suffix_of
from aimusic_desktop.media.style import SaveStyle, TagStyle
from aimusic_desktop.media.template import Template
from aimusic_desktop.model import Clip, TimedWord
from aimusic_desktop.names import name_key

_AUDIO_SUFFIXES = {audio_type.suffix for audio_type in AudioType}


class LeftAsItIs(MediaError):
    """Something else has the name of a file that belongs beside a song."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"“{path.name}” was there before, and was left as it is.")


def write_beside(
    song: Path,
    clip: Clip,
    cover: bytes | None,
    answer: str | None,
    style: SaveStyle,
    part: Path,
    *,
    words: Sequence[TimedWord] = (),
    over: bool = False,
) -> list[Path]:
    """Put the files that ``style`` wants beside ``song``, each with its stem, by which players find them.

    ``answer`` is the service's JSON as it was sent, ``words`` are those of the lyrics if their times are
    known. A file that is there already with another content is
    left, unless the song went ``over`` the one it belonged to. ``part`` was the song's temporary file: those
    made here begin with its name, for ``remove_parts``. What is not known is not written. Gives the files
    that hold it all now. Raises ``LeftAsItIs``, once the others are there, and other ``MediaError``.
    """
    wanted = {suffix: content for suffix, content in _contents(clip, cover, answer, words, style) if content}
    try:
        over = over and not _has_twin(song)
        targets = {_target(song, suffix): content for suffix, content in wanted.items()}
        left = [path for path, content in targets.items() if not _kept(path, content, part, over)]
    except OSError as error:
        raise disk_trouble(error, song.parent) from error
    if left:
        raise LeftAsItIs(left[0])
    return [*targets]


def lrc_facts(clip: Clip, tags: TagStyle) -> dict[str, str]:
    """What an LRC file says of its song, by the names of its tags; some may be empty."""
    return {
        "ti": Template.or_default(tags.title).text(clip),
        "ar": Template.or_default(tags.artist, "").text(clip),
        "al": Template.or_default(tags.album, "").text(clip),
        "length": _clock(clip.duration_s) if clip.duration_s else "",
    }


def _contents(
    clip: Clip, cover: bytes | None, answer: str | None, words: Sequence[TimedWord], style: SaveStyle
) -> Iterator[tuple[str, bytes]]:
    if style.cover and cover and (suffix := suffix_of(cover)):
        yield suffix, cover
    if style.lyrics == "lrc":
        yield ".lrc", _encoded(_lrc(clip, words, style))
    elif style.lyrics:
        yield ".txt", _encoded(clip.lyrics)
    if style.json and answer:
        yield ".json", answer.encode(errors="replace")


def _encoded(text: str) -> bytes:
    return f"{text.strip()}\n".encode(errors="replace") if text.strip() else b""


def _lrc(clip: Clip, words: Sequence[TimedWord], style: SaveStyle) -> str:
    """The lyrics with the song's facts in front, as players read them; with times where they are known."""
    facts = lrc_facts(clip, style.tags)
    timed = timing(words, clip.lyrics)
    if timed.cues:
        return to_lrc(timed, facts)
    return "\n".join([*head(facts), clip.lyrics.strip()]) if clip.lyrics.strip() else ""


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes:02}:{rest:02}"


def _has_twin(song: Path) -> bool:
    """Whether another song there has the same stem: what lies beside may be that one's."""
    own = PurePath(name_key(song.name))
    others = (PurePath(key) for key in names_in(song.parent))
    return any(each.stem == own.stem and each.suffix in _AUDIO_SUFFIXES - {own.suffix} for each in others)


def _target(song: Path, suffix: str) -> Path:
    """The name beside the song, as the disk spells it if it is there."""
    name = song.stem + suffix
    return song.with_name(names_in(song.parent).get(name_key(name), name))


def _kept(target: Path, content: bytes, part: Path, over: bool) -> bool:
    """Whether the file holds the content, already or now."""
    fresh = part.with_name(part.name + target.suffix)
    return _holds(target, content) or _placed(fresh, target, content, over)


def _placed(fresh: Path, target: Path, content: bytes, over: bool) -> bool:
    """Put the content there. False when the name is taken."""
    try:
        fresh.unlink(missing_ok=True)  # a run that died may have left half of it
        with fresh.open("xb") as file:
            file.write(content)
        sync_file(fresh)
        if over:
            fresh.replace(target)
            sync_folder(target.parent)
        else:
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
