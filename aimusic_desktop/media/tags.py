"""What is known of a song, written into its file. The sound itself is left as it is."""

from __future__ import annotations

import re
from pathlib import Path

from aimusic_desktop.media.audio_type import HEAD_BYTES, AudioType, sniff
from aimusic_desktop.media.errors import MediaError
from aimusic_desktop.media.picture_size import size_of
from aimusic_desktop.model import Clip

MAX_COVER_SIDE = 8192  # pixels; unpacked, a larger picture is too much for many players

_PNG = b"\x89PNG\r\n\x1a\n"
_FREEFORM = "----:com.apple.iTunes:"  # the prefix that other tag editors show
_LANGUAGE = "XXX"  # ID3: the language is not known


class NotTaggable(MediaError):
    """The file's own structure does not let tags in."""

    def __init__(self) -> None:
        super().__init__("This song's file takes no tags.")


def write_tags(path: Path, clip: Clip, cover: bytes | None) -> None:
    """Write title, style (as genre), lyrics, date, cover, model, seed and ids into an audio file.

    ``cover`` is embedded if it is a JPEG or PNG of at most ``MAX_COVER_SIDE`` pixels a side. Blocks: call
    it in a thread. Raises ``NotTaggable`` (the file may then be damaged: work on a copy) and ``OSError``.
    """
    from mutagen import MutagenError  # 100 ms: not at start

    with path.open("rb") as file:
        audio_type = sniff(file.read(HEAD_BYTES))
    cover = cover if cover and _is_embeddable(cover) else None
    try:
        if audio_type is AudioType.M4A:
            _tag_mp4(path, clip, cover)
        elif audio_type is not None:
            _tag_id3(path, clip, cover, audio_type)
        else:
            raise NotTaggable
    except MutagenError as error:
        cause = error.args[0] if error.args else None
        if isinstance(cause, OSError) and cause.errno is not None:  # mutagen makes some of its own
            raise cause from error
        raise NotTaggable from error


def length_s(path: Path, audio_type: AudioType) -> float | None:
    """How long the sound in a file lasts, in seconds; None when the file does not tell. Blocks.

    An MP3 or WAV may state more than it holds: then what its bytes hold at its bit rate counts.
    """
    from mutagen import MutagenError
    from mutagen.mp3 import MP3
    from mutagen.mp4 import MP4
    from mutagen.wave import WAVE

    try:
        info = {AudioType.M4A: MP4, AudioType.MP3: MP3, AudioType.WAV: WAVE}[audio_type](path).info
    except MutagenError:
        return None
    length = float(info.length)
    if audio_type is not AudioType.M4A and info.bitrate:
        length = min(length, path.stat().st_size * 8 / info.bitrate)
    return length or None


def _is_embeddable(cover: bytes) -> bool:
    size = size_of(cover)
    return size is not None and min(size) > 0 and max(size) <= MAX_COVER_SIDE


def _tag_mp4(path: Path, clip: Clip, cover: bytes | None) -> None:
    from mutagen.mp4 import MP4, MP4Cover, MP4FreeForm

    file = MP4(path)
    if file.tags is None:
        file.add_tags()
    named = {"\xa9nam": clip.title, "\xa9gen": clip.style, "\xa9lyr": clip.lyrics, "\xa9day": _date(clip)}
    file.tags.update({name: [text] for name, text in named.items() if text})
    file.tags.update({_FREEFORM + name: [MP4FreeForm(text.encode())] for name, text in _facts(clip).items()})
    if cover is not None:
        kind = MP4Cover.FORMAT_PNG if cover.startswith(_PNG) else MP4Cover.FORMAT_JPEG
        file.tags["covr"] = [MP4Cover(cover, kind)]
    file.save()


def _tag_id3(path: Path, clip: Clip, cover: bytes | None, audio_type: AudioType) -> None:
    """ID3 2.3, the version that every player reads; in a WAV it is a chunk of its own."""
    from mutagen import id3
    from mutagen.mp3 import MP3
    from mutagen.wave import WAVE

    file = WAVE(path) if audio_type is AudioType.WAV else MP3(path)
    if file.tags is None:
        file.add_tags()
    named = {id3.TIT2: clip.title, id3.TCON: clip.style, id3.TDRC: _date(clip)}
    for frame, text in named.items():
        if text:
            file.tags.setall(frame.__name__, [frame(encoding=id3.Encoding.UTF16, text=[text])])
    if clip.lyrics:
        lyrics = id3.USLT(encoding=id3.Encoding.UTF16, lang=_LANGUAGE, desc="", text=clip.lyrics)
        file.tags.setall("USLT", [lyrics])
    for name, text in _facts(clip).items():
        file.tags.setall(f"TXXX:{name}", [id3.TXXX(encoding=id3.Encoding.UTF16, desc=name, text=[text])])
    if cover is not None:
        mime = "image/png" if cover.startswith(_PNG) else "image/jpeg"
        picture = id3.APIC(encoding=0, mime=mime, type=id3.PictureType.COVER_FRONT, desc="", data=cover)
        file.tags.setall("APIC", [picture])
    file.tags.update_to_v23()
    file.save(v2_version=3)


def _facts(clip: Clip) -> dict[str, str]:
    """What no standard field holds, by the name it gets in the file."""
    facts = {
        "AIMUSIC_TASK_ID": clip.task_id,
        "AIMUSIC_CLIP_ID": clip.clip_id,
        "AIMUSIC_PRODUCT": clip.product.value if clip.product else "",
        "AIMUSIC_MODEL": clip.model,
        "AIMUSIC_SEED": clip.seed,
    }
    return {name: text for name, text in facts.items() if text}


def _date(clip: Clip) -> str:
    """The day the song was made, YYYY-MM-DD; empty when the service sent no such thing."""
    day = re.match(r"\d{4}-\d{2}-\d{2}", clip.created_at)
    return day.group() if day else ""
