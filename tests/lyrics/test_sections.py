"""Which lines of lyrics name a section, and which are sung."""

from __future__ import annotations

import pytest

from aimusic_desktop.lyrics.sections import section_name


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("[Verse 1]", "Verse 1"),
        ("  [ Guitar solo, slow ]  ", "Guitar solo, slow"),
        ("【サビ】", "サビ"),
        ("(Chorus)", "Chorus"),
        ("(Pre-Chorus x2)", "Pre-Chorus x2"),
        ("（副歌）", "副歌"),
        ("(ooh, ooh)", None),
        ("(Hook me up)", None),
        ("(End of the line)", None),
        ("Chorus", None),
        ("[whisper] hey", None),
        ("[ ]", None),
        ("[]", None),
        ("", None),
        (f"[{'x' * 300}]", None),
    ],
)
def test_a_line_is_a_heading_or_sung(line: str, name: str | None) -> None:
    assert section_name(line) == name
