"""How songs are saved: their names, their tags, what lies beside them. Taken from the settings at once."""

from __future__ import annotations

from dataclasses import dataclass

from aimusic_desktop.model import OnTaken
from aimusic_desktop.settings import Settings


@dataclass(frozen=True, slots=True)
class TagStyle:
    """What is written into a file. ``title`` to ``comment`` are templates; an empty one leaves it out.

    Not ``on``: nothing is written at all.
    """

    on: bool
    title: str
    artist: str
    album: str
    comment: str


@dataclass(frozen=True, slots=True)
class SaveStyle:
    """How a song is saved.

    ``template`` gives its name. ``cover`` and ``json`` say whether the picture and the service's answer are
    put beside it, ``lyrics`` as what the lyrics are: ``txt``, ``lrc`` or, empty, not at all.
    """

    template: str
    on_taken: OnTaken
    tags: TagStyle
    cover: bool
    lyrics: str
    json: bool

    @property
    def beside(self) -> bool:
        """Whether anything is to lie beside the song."""
        return self.cover or bool(self.lyrics) or self.json

    @classmethod
    def of(cls, settings: Settings) -> SaveStyle:
        """What the user chose."""
        return cls(
            template=settings.name_template,
            on_taken=OnTaken(settings.on_taken),
            tags=TagStyle(
                on=settings.tags,
                title=settings.tag_title,
                artist=settings.tag_artist,
                album=settings.tag_album,
                comment=settings.tag_comment,
            ),
            cover=settings.beside_cover,
            lyrics=settings.beside_lyrics,
            json=settings.beside_json,
        )
