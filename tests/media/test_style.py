from __future__ import annotations

from aimusic_desktop.media.style import SaveStyle, TagStyle
from aimusic_desktop.model import OnTaken
from aimusic_desktop.settings import Settings


def test_the_style_is_what_the_settings_say() -> None:
    chosen = Settings(
        name_template="{n} {title}",
        on_taken="skip",
        tags=False,
        tag_title="t",
        tag_artist="a",
        tag_album="b",
        tag_comment="c",
        beside_cover=True,
        beside_lyrics="lrc",
        beside_json=True,
    )
    tags = TagStyle(on=False, title="t", artist="a", album="b", comment="c")
    assert SaveStyle.of(chosen) == SaveStyle("{n} {title}", OnTaken.SKIP, tags, True, "lrc", True)


def test_by_default_songs_are_tagged_numbered_and_alone() -> None:
    style = SaveStyle.of(Settings())
    assert (style.tags.on, style.on_taken) == (True, OnTaken.NUMBER)
    assert (style.cover, style.lyrics, style.json) == (False, "", False)
