"""What is known of a song, written into its file and read back. The sound itself is left as it is.

Blocks: call it in a thread.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aimusic_desktop.media.audio_type import HEAD_BYTES, AudioType, sniff
from aimusic_desktop.media.errors import MediaError, NotAudio
from aimusic_desktop.media.mp3_frames import mp3_length_s
from aimusic_desktop.media.picture_size import size_of
from aimusic_desktop.media.style import TagStyle
from aimusic_desktop.media.template import Template
from aimusic_desktop.media.wav_chunks import mend_lengths, wav_length_s
from aimusic_desktop.media.wav_info import write_info
from aimusic_desktop.model import Clip, Product

MAX_COVER_SIDE = 8192  # pixels; unpacked, a larger picture is too much for many players
MAX_READ_BYTES = 2**30  # a file larger than this is no song of the service

_PNG = b"\x89PNG\r\n\x1a\n"
_FREEFORM = "----:com.apple.iTunes:"  # the prefix that other tag editors show
_LANGUAGE = "XXX"  # ID3: the language is not known
_ATOMS = {
    "title": "\xa9nam",
    "artist": "\xa9ART",
    "album": "\xa9alb",
    "comment": "\xa9cmt",
    "genre": "\xa9gen",
    "lyrics": "\xa9lyr",
    "date": "\xa9day",
}
_FRAMES = {
    "title": "TIT2",
    "artist": "TPE1",
    "album": "TALB",
    "comment": "COMM",
    "genre": "TCON",
    "lyrics": "USLT",
    "date": "TDRC",
}
_ORIGIN = ("AIMUSIC_TASK_ID", "AIMUSIC_CLIP_ID", "AIMUSIC_PRODUCT")
_ID = re.compile(r"[!-~]{1,200}")  # visible ASCII


class NotTaggable(MediaError):
    """The file's own structure does not let tags in."""

    def __init__(self) -> None:
        super().__init__("This song's file takes no tags.")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a saved song came from; as untrusted as the file it was read from."""

    task_id: str
    clip_id: str
    product: Product | None


def write_tags(path: Path, clip: Clip, cover: bytes | None, style: TagStyle) -> None:
    """Write what is known of a song into its file: the texts of ``style``, the clip's style as genre,
    lyrics, date, cover, and model, seed and ids by which ``origin_of`` knows it again.

    ``cover`` is embedded if it is a JPEG or PNG of at most ``MAX_COVER_SIDE`` pixels a side. Raises
    ``NotTaggable`` (the file may then be damaged: work on a copy) and ``OSError``.
    """
    if not style.on:
        return
    from mutagen import MutagenError  # 100 ms: not at start

    with path.open("rb") as file:
        audio_type = sniff(file.read(HEAD_BYTES))
    cover = cover if cover and _is_embeddable(cover) else None
    try:
        if audio_type is AudioType.M4A:
            _tag_mp4(path, _texts(clip, style), _facts(clip), cover)
        elif audio_type is not None:
            if audio_type is AudioType.WAV:
                mend_lengths(path)
                write_info(path, _texts(clip, style))
            _tag_id3(_opened_id3(path, audio_type), _texts(clip, style), _facts(clip), cover)
        else:
            raise NotTaggable
    except MutagenError as error:
        cause = error.args[0] if error.args else None
        if isinstance(cause, OSError) and cause.errno is not None:  # mutagen makes some of its own
            raise cause from error
        raise NotTaggable from error


def origin_of(path: Path) -> Origin | None:
    """Where a song saved by this program came from; None for any other file. Never raises."""
    from mutagen import MutagenError

    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_READ_BYTES:
            return None
        with path.open("rb") as file:
            audio_type = sniff(file.read(HEAD_BYTES))
        facts = _read_mp4(path) if audio_type is AudioType.M4A else _read_id3(path, audio_type)
    except (OSError, MutagenError):
        return None
    return _origin(facts)


def measure(path: Path, audio_type: AudioType) -> float | None:
    """How long the sound in a file lasts, in seconds; None when the file does not tell.

    Raises ``NotAudio`` when the file cannot be read as what it is, and ``OSError``.
    """
    from mutagen import MutagenError
    from mutagen.mp4 import MP4

    if audio_type is AudioType.M4A:
        try:
            return float(MP4(path).info.length) or None
        except MutagenError as error:
            raise NotAudio from error
    found_s = mp3_length_s(path) if audio_type is AudioType.MP3 else wav_length_s(path)
    if found_s is None:
        raise NotAudio
    return found_s


def length_s(path: Path, audio_type: AudioType) -> float | None:
    """As ``measure``; None also when the file cannot be read."""
    try:
        return measure(path, audio_type)
    except NotAudio:
        return None


def _is_embeddable(cover: bytes) -> bool:
    size = size_of(cover)
    return size is not None and min(size) > 0 and max(size) <= MAX_COVER_SIDE


def _tag_mp4(path: Path, texts: Mapping[str, str], facts: Mapping[str, str], cover: bytes | None) -> None:
    from mutagen.mp4 import MP4, MP4Cover, MP4FreeForm

    file = MP4(path)
    if file.tags is None:
        file.add_tags()
    file.tags.update({_ATOMS[name]: [text] for name, text in texts.items()})
    file.tags.update({_FREEFORM + name: [MP4FreeForm(text.encode())] for name, text in facts.items()})
    if cover is not None:
        kind = MP4Cover.FORMAT_PNG if cover.startswith(_PNG) else MP4Cover.FORMAT_JPEG
        file.tags["covr"] = [MP4Cover(cover, kind)]
    file.save()


def _tag_id3(file: Any, texts: Mapping[str, str], facts: Mapping[str, str], cover: bytes | None) -> None:
    """ID3 2.3, the version that every player reads; in a WAV it is a chunk of its own, beside its INFO."""
    from mutagen import id3

    if file.tags is None:
        file.add_tags()
    for name, text in texts.items():
        frame = getattr(id3, _FRAMES[name])
        described = {"lang": _LANGUAGE, "desc": ""} if name in ("comment", "lyrics") else {}
        file.tags.setall(_FRAMES[name], [frame(encoding=id3.Encoding.UTF16, text=text, **described)])
    for name, text in facts.items():
        file.tags.setall(f"TXXX:{name}", [id3.TXXX(encoding=id3.Encoding.UTF16, desc=name, text=[text])])
    if cover is not None:
        mime = "image/png" if cover.startswith(_PNG) else "image/jpeg"
        picture = id3.APIC(encoding=0, mime=mime, type=id3.PictureType.COVER_FRONT, desc="", data=cover)
        file.tags.setall("APIC", [picture])
    file.tags.update_to_v23()
    file.save(v2_version=3)


def _opened_id3(path: Path, audio_type: AudioType) -> Any:
    from mutagen.mp3 import MP3
    from mutagen.wave import WAVE

    if audio_type is AudioType.MP3:
        return MP3(path)
    return WAVE(path)


def _read_mp4(path: Path) -> dict[str, str]:
    from mutagen.mp4 import MP4

    tags = MP4(path).tags or {}
    return {
        name: bytes(values[0]).decode(errors="replace")
        for name in _ORIGIN
        if (values := tags.get(_FREEFORM + name))
    }


def _read_id3(path: Path, audio_type: AudioType | None) -> dict[str, str]:
    if audio_type is None:
        return {}
    tags = _opened_id3(path, audio_type).tags or {}
    frames = {name: tags.get(f"TXXX:{name}") for name in _ORIGIN}
    return {name: str(frame.text[0]) for name, frame in frames.items() if frame is not None and frame.text}


def _origin(facts: Mapping[str, str]) -> Origin | None:
    task_id, clip_id, product = (facts.get(name, "") for name in _ORIGIN)
    if not (_ID.fullmatch(task_id) and _ID.fullmatch(clip_id)):
        return None
    return Origin(task_id, clip_id, Product(product) if product in set(Product) else None)


def _texts(clip: Clip, style: TagStyle) -> dict[str, str]:
    """What the fields hold that every player shows."""
    texts = {
        "title": Template.or_default(style.title, "").text(clip),
        "artist": Template.or_default(style.artist, "").text(clip),
        "album": Template.or_default(style.album, "").text(clip),
        "comment": Template.or_default(style.comment, "").text(clip),
        "genre": clip.style,
        "lyrics": clip.lyrics,
        "date": _date(clip),
    }
    return _usable(texts)


def _facts(clip: Clip) -> dict[str, str]:
    """What no standard field holds, by the name it gets in the file."""
    facts = {
        "AIMUSIC_TASK_ID": clip.task_id,
        "AIMUSIC_CLIP_ID": clip.clip_id,
        "AIMUSIC_PRODUCT": clip.product.value if clip.product else "",
        "AIMUSIC_MODEL": clip.model,
        "AIMUSIC_SEED": clip.seed,
    }
    return _usable(facts)


def _usable(texts: Mapping[str, str]) -> dict[str, str]:
    """Those that hold anything, without what no tag can hold."""
    clean = {name: text.replace("\0", "").encode(errors="ignore").decode() for name, text in texts.items()}
    return {name: text for name, text in clean.items() if text}


def _date(clip: Clip) -> str:
    """The day the song was made, YYYY-MM-DD; empty when the service sent no such thing."""
    day = re.match(r"\d{4}-\d{2}-\d{2}", clip.created_at)
    return day.group() if day else ""
