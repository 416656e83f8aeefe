from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimusic_desktop.errors import AppError
from aimusic_desktop.model import OnTaken
from aimusic_desktop.settings import (
    DEFAULT_API_URL,
    Settings,
    SettingsStore,
    check_api_url,
    is_loopback,
)
from tests.support.waiting import until


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.json"


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


async def test_changes_are_on_disk_after_close(file: Path) -> None:
    store, heard = SettingsStore(file), []
    store.load()
    assert store.value == Settings()
    store.changed.connect(heard.append)
    store.update(volume=0.25, sort="title")
    store.update(muted=True)
    await store.close()
    assert [value.muted for value in heard] == [False, True]
    again = SettingsStore(file)
    again.load()
    assert again.value == store.value == Settings(volume=0.25, sort="title", muted=True)
    assert {path.name for path in file.parent.iterdir()} == {file.name, f"{file.name}.lock"}


async def test_changes_are_written_soon_without_close(file: Path) -> None:
    store = SettingsStore(file)
    store.update(volume=0.5)
    await until(file.exists)
    assert json.loads(file.read_text())["volume"] == 0.5
    await store.close()


def test_reading_changes_nothing_on_disk(file: Path) -> None:
    store = SettingsStore(file)
    store.load()
    asyncio.run(store.close())
    assert not file.parent.exists()


def test_a_field_of_the_wrong_type_or_range_keeps_its_default(file: Path) -> None:
    wrong = {
        "volume": 7,
        "muted": 1,
        "sort": "colour",
        "sort_descending": False,
        "cache_limit_mb": -(10**400),
        "api_url": "http://elsewhere.example",
        "save_folder": "relative",
        "window": None,
        "unknown": [],
    }
    write(file, json.dumps(wrong))
    store = SettingsStore(file)
    store.load()
    assert store.value == Settings(sort_descending=False)
    assert store.notice is None


SAVING: dict[str, Any] = {
    "name_template": "{style}/{title}",
    "on_taken": "skip",
    "saves_at_once": 6,
    "tags": False,
    "tag_title": "{title} ({model})",
    "tag_artist": "",
    "tag_album": "{style}",
    "tag_comment": "\u266b",
    "beside_cover": True,
    "beside_lyrics": "lrc",
    "beside_json": True,
}


async def test_how_songs_are_saved_is_kept(file: Path) -> None:
    store = SettingsStore(file)
    assert all(getattr(store.value, name) != value for name, value in SAVING.items())
    store.update(**SAVING)
    await store.close()
    again = SettingsStore(file)
    again.load()
    assert again.value == Settings(**SAVING)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name_template", ""),
        ("name_template", "x" * 501),
        ("name_template", None),
        ("on_taken", "replace"),
        ("on_taken", "ask "),
        ("saves_at_once", 0),
        ("saves_at_once", 7),
        ("saves_at_once", True),
        ("saves_at_once", 2.0),
        ("tags", "yes"),
        ("tag_title", "x" * 501),
        ("tag_artist", 1),
        ("tag_album", ["a"]),
        ("tag_comment", "x" * 501),
        ("beside_cover", 1),
        ("beside_lyrics", "docx"),
        ("beside_json", "json"),
    ],
)
def test_how_songs_are_saved_falls_back_field_by_field(file: Path, name: str, value: object) -> None:
    write(file, json.dumps(SAVING | {name: value}))
    store = SettingsStore(file)
    store.load()
    assert store.value == Settings(**{key: kept for key, kept in SAVING.items() if key != name})


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "\ud800".encode("utf-8", "surrogatepass"), "[" * 100_000]
)
async def test_a_damaged_file_is_set_aside_and_said(file: Path, text: str | bytes) -> None:
    data = text if isinstance(text, bytes) else text.encode()
    file.parent.mkdir()
    file.write_bytes(data)
    store = SettingsStore(file)
    store.load()
    assert store.value == Settings()
    assert "damaged" in (store.notice or "")
    store.update(muted=True)
    await store.close()
    assert file.with_name("settings.json.damaged").read_bytes() == data
    assert json.loads(file.read_bytes())["muted"] is True


async def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = SettingsStore(tmp_path / "file" / "settings.json")
    store.load()
    assert store.notice
    store.update(muted=True)
    await store.close()
    assert store.value.muted


@given(
    st.dictionaries(st.sampled_from([*Settings.__dataclass_fields__]), st.none() | st.integers() | st.text())
)
def test_any_object_gives_usable_settings(
    tmp_path_factory: pytest.TempPathFactory, stored: dict[str, object]
) -> None:
    file = tmp_path_factory.mktemp("any") / "settings.json"
    file.write_text(json.dumps(stored))
    store = SettingsStore(file)
    store.load()
    assert 0 <= store.value.volume <= 1
    assert 1 <= store.value.saves_at_once <= 6
    assert OnTaken(store.value.on_taken) is not OnTaken.REPLACE
    assert 0 < len(store.value.name_template) <= 500
    assert store.value.save_path.is_absolute()


def test_songs_are_saved_to_the_music_folder_unless_chosen(tmp_path: Path) -> None:
    assert Settings().save_path.name == "AI Music"
    assert Settings(save_folder=str(tmp_path)).save_path == tmp_path


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        (DEFAULT_API_URL, DEFAULT_API_URL),
        (f" {DEFAULT_API_URL}/ ", DEFAULT_API_URL),
        ("https://API.musicapi.ai", "https://api.musicapi.ai/api/v1"),
        ("HTTPS://api.musicapi.ai:443/v2/", "https://api.musicapi.ai/v2"),
        ("https://api.musicapi.ai:8443", "https://api.musicapi.ai:8443/api/v1"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://localhost:8000/api/v1", "http://localhost:8000/api/v1"),
        ("http://[::1]:8000/x", "http://[::1]:8000/x"),
        ("https://[2001:db8::1]", "https://[2001:db8::1]/api/v1"),
    ],
)
def test_an_api_address_gets_its_normal_form(text: str, normal: str) -> None:
    assert check_api_url(text) == normal
    assert check_api_url(normal) == normal


@pytest.mark.parametrize(
    "text",
    [
        "",
        "api.musicapi.ai",
        "ftp://api.musicapi.ai",
        "file:///etc/passwd",
        "http://api.musicapi.ai",
        "http://127.0.0.1.example",
        "http://localhost.example",
        "http://[::ffff:127.0.0.1]",
        "https://user@api.musicapi.ai",
        "https://user:pass@api.musicapi.ai",
        "https://api.musicapi.ai/?a",
        "https://api.musicapi.ai/#a",
        "https://api.musicapi.ai?",
        "https://",
        "https://:443",
        "https://host:port",
        "https://host:99999",
        "https://host:0",
        "https://[::1",
        "https://exa mple",
        "https://exa\nmple.com",
        "https://example.com\\@other",
        "https://example.com/a b",
        "https://" + "a" * 3000,
    ],
)
def test_an_unusable_api_address_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(AppError, match=r"\w.*\.$"):
        check_api_url(text)


@given(st.text() | st.text(max_size=30).map("https://".__add__))
def test_a_checked_address_stays_as_it_is(text: str) -> None:
    try:
        normal = check_api_url(text)
    except AppError:
        return
    assert check_api_url(normal) == normal


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.8.9.1", "::1", "[::1]"])
def test_loopback_hosts(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "127.1", "128.0.0.1", "0.0.0.0", "::", "::2", "localhost.", "a.localhost"]
)
def test_other_hosts(host: str) -> None:
    assert not is_loopback(host)
