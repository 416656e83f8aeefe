"""Direct save: which folder a target names, and what it is told. The drag itself is in end_to_end."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QApplication

from aimusic_desktop.desktop import direct_save
from aimusic_desktop.desktop.direct_save import FORMAT, DirectSave, folder_of


@pytest.mark.parametrize(
    "uri",
    [
        b"file:///music/a%20b/song.m4a",
        b"file:///music/a%20b/song.m4a\0",
        b"file:/music/a%20b/song.m4a",
        b"file://localhost/music/a%20b/song.m4a",
        f"file://{socket.gethostname()}/music/a%20b/song.m4a".encode(),
    ],
)
def test_a_folder_of_this_machine_is_known(uri: bytes) -> None:
    assert folder_of(uri) == Path("/music/a b")


def test_names_in_any_encoding_are_the_files_own() -> None:
    assert folder_of(b"file:///caf%E9/x") == Path(os.fsdecode(b"/caf\xe9"))
    assert folder_of("file:///日本/x".encode()) == Path("/日本")


@pytest.mark.parametrize(
    "uri",
    [
        b"file://elsewhere.example/music/x",
        b"file:",
        b"file:music/x",
        b"file:///a%00b/x",
        b"file://\xff/x",
        b"sftp://localhost/x",
    ],
)
def test_what_is_no_folder_of_this_machine_is_none(uri: bytes) -> None:
    assert folder_of(uri) is None


def answered(monkeypatch: pytest.MonkeyPatch, uri: bytes, asked: int = 1) -> tuple[object, list[Path | None]]:
    """What a target is told that wrote ``uri``, at the last of its requests, and the folders saved into."""
    folders: list[Path | None] = []
    mime = DirectSave("song.m4a", folders.append)
    monkeypatch.setattr(direct_save, "_write_property", lambda name: name == b"song.m4a")
    monkeypatch.setattr(direct_save, "_read_property", lambda: uri)
    mime._write_name()
    answer: object = None
    for _ in range(asked):
        answer = mime.retrieveData(FORMAT, 0)  # type: ignore[arg-type]
    return answer, folders


def test_a_drop_on_a_folder_is_saved_there_once(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    uri = (tmp_path / "song.m4a").as_uri().encode()
    assert answered(monkeypatch, uri, asked=2) == (QByteArray(b"S"), [tmp_path])


def test_a_target_that_only_looks_is_told_nothing(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert answered(monkeypatch, b"song.m4a") == (None, [])


@pytest.mark.parametrize("uri", [b"file://elsewhere.example/music/x", b"sftp://host/music/x"])
def test_a_folder_of_another_machine_is_refused(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, uri: bytes
) -> None:
    assert answered(monkeypatch, uri) == (QByteArray(b"F"), [None])


def test_a_folder_that_is_gone_is_an_error(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    uri = (tmp_path / "gone" / "song.m4a").as_uri().encode()
    assert answered(monkeypatch, uri) == (QByteArray(b"E"), [None])


def test_the_last_drags_folder_is_not_taken_for_this_ones(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folders: list[Path | None] = []
    mime = DirectSave("song.m4a", folders.append)
    monkeypatch.setattr(direct_save, "_read_property", (tmp_path / "old").as_uri().encode)
    assert mime.retrieveData(FORMAT, 0) is None  # type: ignore[arg-type]
    assert folders == []


def test_editors_still_get_the_text(qapp: QApplication) -> None:
    mime = DirectSave("song.m4a", lambda folder: None)
    mime.setText("https://media.example/song.m4a")
    assert mime.formats() == ["text/plain", FORMAT]
    assert mime.hasFormat(FORMAT)
    assert mime.text() == "https://media.example/song.m4a"


def test_only_x11_offers_it(qapp: QApplication) -> None:
    assert qapp.platformName() == "offscreen"
    assert not direct_save.is_offered()
