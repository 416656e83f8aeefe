from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pathvalidate import validate_filename

from aimusic_desktop.media.naming import MAX_STEM_BYTES, cut, numbered, safe_part, safe_stem
from aimusic_desktop.names import name_key


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("City Lights", "City Lights"),
        ("../../x", "_.._x"),
        ("..\\..\\x", "_.._x"),
        ("/etc/passwd", "_etc_passwd"),
        ("C:\\x", "C__x"),
        ("CON", "CON_"),
        ("nul.txt", "nul_.txt"),
        ("con .x", "_con .x"),
        ("conout$", "_conout$"),
        ("COM¹.mid", "COM¹_.mid"),
        ("Console", "Console"),
        (". . .", "Song 1"),
        ("", "Song 1"),
        ("   ", "Song 1"),
        ('What?! <b>*|"', "What_! _b____"),
        ("a\x00b\nc\td", "a b c d"),
        ("\u202eevil\u202c\u2066x\ufeff", "evilx"),
        ("x\ud800y", "xy"),
        (".hidden", "hidden"),
        ("Wait... what", "Wait... what"),
        ("Mr. X ", "Mr. X"),
        ("Cafe\u0301", "Caf\u00e9"),
        ("夜の雨 🌧️", "夜の雨 🌧️"),
        ("\u200b\u200d", "Song 1"),
        ("\ufe0f \u2060\u00ad", "Song 1"),
        ("\u3164\u2800\u115f", "Song 1"),
        ("Ne\u200bon\u00ad\u2060", "Neon"),
        ("\u200da\u200d \u200cb.\u200d", "a b"),
        ("👩\u200d\u200d🎤 می\u200cخواهم", "👩\u200d🎤 می\u200cخواهم"),
    ],
)
def test_a_title_becomes_a_name_every_system_takes(title: str, stem: str) -> None:
    assert safe_stem(title, "Song 1") == stem


@given(st.text(max_size=300), st.text(max_size=20))
@example("CON", "")
@example("com1 .", "")
@example("a" * 158 + ".CON", "")
@example("\u0301" * 300, "")
@example("a.\u200d.\u200c", "")
@example("CON\u200d", "")
@example("COM1a" + "\u0301" * 300, "")
@example("con." + "x" * 200, "")
@example("aux .日" * 60, "")
def test_every_name_is_safe_everywhere(title: str, fallback: str) -> None:
    stem = safe_stem(title, fallback)
    for number in (1, 2, 1000):
        validate_filename(numbered(stem, number, ".m4a"), platform="universal")
    assert 0 < len(stem.encode()) <= MAX_STEM_BYTES
    for form in ("NFC", "NFD"):  # as Windows counts, and macOS
        assert len(unicodedata.normalize(form, numbered(stem, 1000, ".m4a")).encode("utf-16-le")) < 2 * 256
    assert stem == unicodedata.normalize("NFC", stem)
    assert stem == stem.strip(" .")
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in stem)
    assert not set("/\\:\u202e\u2066\u200f") & set(stem)
    assert safe_stem(stem, "other") == stem


def test_a_name_that_shortening_made_a_device_is_none() -> None:
    assert safe_part("COM1a" + "\u0301" * 300) == "COM1_"
    assert safe_part("con." + "x" * 200) == "con_." + "x" * 155


def test_nothing_to_read_is_an_empty_part() -> None:
    assert [safe_part(text) for text in ("", "..", " . ", "\u200b", "\0\n")] == [""] * 5


@given(st.text(max_size=40), st.integers(0, 45))
def test_a_cut_text_is_the_beginning_of_it(text: str, length: int) -> None:
    assert text.startswith(cut(text, length))
    assert len(cut(text, length)) <= length or cut(text, length) == text


def test_names_that_some_system_takes_for_the_same_have_one_key() -> None:
    keys = {name_key(name) for name in ("CAFÉ.m4a", "Cafe\u0301.M4A", "café.m4a")}
    assert len(keys) == 1
    assert name_key("Cafe.m4a") not in keys
    iota, acute = "\u0345", "\u0301"
    assert name_key(f"\u0386{iota}{acute}") == name_key(f"\u03ac{iota}{acute}")


@given(st.text(min_size=1, max_size=60))
def test_composed_and_decomposed_titles_get_the_same_name(title: str) -> None:
    decomposed, composed = (unicodedata.normalize(form, title) for form in ("NFD", "NFC"))
    assert safe_stem(decomposed, "x") == safe_stem(composed, "x")


def test_a_long_title_is_cut_between_characters_as_readers_see_them() -> None:
    family = "👨\u200d👩\u200d👧"
    assert safe_stem("a" * 300, "x") == "a" * MAX_STEM_BYTES
    assert safe_stem("日" * 300, "x") == "日" * (MAX_STEM_BYTES // 3)
    assert set(safe_stem(family * 40, "x").replace(family, "")) == set()
    assert safe_stem("क्ष" + "e\u0331" * 300, "x").endswith("e\u0331")


def test_twins_get_numbers() -> None:
    assert [numbered("Neon", n, ".m4a") for n in (1, 2, 3)] == ["Neon.m4a", "Neon (2).m4a", "Neon (3).m4a"]
