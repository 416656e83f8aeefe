"""The list by mouse and keyboard, and how its rows are painted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from aimusic_desktop.library.store import SongRow
from aimusic_desktop.model import Clip, ClipState, Group, TaskState
from aimusic_desktop.ui.covers import decode_square
from aimusic_desktop.ui.songs.delegate import SongDelegate
from aimusic_desktop.ui.songs.layout import RowFonts, RowLayout
from aimusic_desktop.ui.songs.model import SongsModel
from aimusic_desktop.ui.songs.view import SongsView
from tests.support.rows import ready_row, task_row

FAILED = task_row(2, state=TaskState.FAILED, group=Group.FAILED, error="The service refused the lyrics.")
WORKING = task_row(3, state=TaskState.RUNNING)


class NoCovers:
    """Stands where covers come from the network."""

    def pixmap(self, url: str | None, side: int) -> QPixmap | None:
        return None


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[SongsView]:
    model = SongsModel()
    view = SongsView(model, lambda rows: None)
    view.set_delegate(SongDelegate(NoCovers(), lambda task_id: None, view))  # type: ignore[arg-type]
    model.put([ready_row(1), FAILED, WORKING])
    model.set_order([1, 2, 3])
    qtbot.addWidget(view)
    view.resize(640, 480)
    view.show()
    qtbot.waitExposed(view)
    return view


def layout_of(view: SongsView, number: int) -> RowLayout:
    option = QStyleOptionViewItem()
    view.initViewItemOption(option)
    rect = view.visualRect(view.model().index(number, 0))
    return RowLayout.of(rect, RowFonts.of(option.font), option.direction)


def asked(view: SongsView) -> tuple[list[SongRow], list[SongRow]]:
    plays: list[SongRow] = []
    again: list[SongRow] = []
    view.play_wanted.connect(plays.append)
    view.begin_wanted.connect(plays.append)
    view.again_wanted.connect(again.append)
    return plays, again


def click(qtbot: QtBot, view: SongsView, pos: QPoint) -> None:
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=pos)


def test_a_click_on_the_cover_plays_and_one_on_the_words_does_not(qtbot: QtBot, view: SongsView) -> None:
    plays, _ = asked(view)
    click(qtbot, view, layout_of(view, 0).title.center())
    assert plays == []
    click(qtbot, view, layout_of(view, 0).cover.center())
    assert [row.row_id for row in plays] == [1]


def test_a_double_click_on_the_words_plays_once(qtbot: QtBot, view: SongsView) -> None:
    plays, _ = asked(view)
    pos = layout_of(view, 0).text.center()
    click(qtbot, view, pos)
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=pos)
    assert [row.row_id for row in plays] == [1]


def test_try_again_is_on_failed_rows_only(qtbot: QtBot, view: SongsView) -> None:
    plays, again = asked(view)
    click(qtbot, view, layout_of(view, 1).again.center())
    click(qtbot, view, layout_of(view, 2).again.center())
    assert [row.row_id for row in again] == [2]
    assert plays == []


def test_a_row_without_sound_does_not_play_by_its_cover(qtbot: QtBot, view: SongsView) -> None:
    plays, _ = asked(view)
    click(qtbot, view, layout_of(view, 2).cover.center())
    assert plays == []


def test_return_plays_the_current_row(qtbot: QtBot, view: SongsView) -> None:
    plays, _ = asked(view)
    view.setCurrentIndex(view.model().index(0, 0))
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert [row.row_id for row in plays] == [1]


def test_selecting_gives_rows_from_the_top_down(view: SongsView) -> None:
    view.select_ids([3, 1])
    assert [row.row_id for row in view.selected()] == [1, 3]
    assert view.selected_ids() == [1, 3]
    current = view.current()
    assert current is not None
    assert current.row_id == 1


def test_after_a_removal_the_next_row_is_stood_on(view: SongsView) -> None:
    view.songs_model().set_order([1, 3])
    view.stand_on(1)
    current = view.current()
    assert current is not None
    assert current.row_id == 3
    view.stand_on(99)
    assert view.currentIndex().row() == 1


def test_a_drag_offers_copies_only(view: SongsView) -> None:
    asked_rows: list[list[int]] = []

    def carry(rows: object) -> tuple[QMimeData, QPixmap] | None:
        asked_rows.append([row.row_id for row in rows])  # type: ignore[attr-defined]
        return None

    view._carry = carry
    view.select_ids([1])
    view.startDrag(Qt.DropAction.CopyAction)
    assert asked_rows == [[1]]
    assert view.defaultDropAction() == Qt.DropAction.CopyAction


def grab(view: SongsView) -> QImage:
    return view.viewport().grab().toImage()


def test_what_plays_looks_different(view: SongsView) -> None:
    before = grab(view)
    delegate = view.itemDelegate()
    assert isinstance(delegate, SongDelegate)
    delegate.playing = ("11111111-1111-4111-8111-111111111111", "clip-1")
    assert grab(view) != before


def test_right_to_left_puts_the_cover_on_the_right(view: SongsView) -> None:
    left = layout_of(view, 0)
    view.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    right = layout_of(view, 0)
    assert left.cover.center().x() < left.title.center().x()
    assert right.cover.center().x() > right.title.center().x()


@pytest.mark.parametrize(
    "title", ["x" * 5_000, "שלום", "\u202eevil", "<img src=x onerror=y>", "😀" * 300, "\n\n"]
)
def test_odd_titles_are_painted_within_the_row(view: SongsView, title: str) -> None:
    clip = Clip(
        task_id="t", clip_id="c", title=title, style=title, state=ClipState.SUCCEEDED, audio_url="https://x/y"
    )
    model = view.songs_model()
    model.put([ready_row(1, title=title), task_row(2, clip=clip, group=Group.READY)])
    model.tell_changed([1, 2])
    assert not grab(view).isNull()


def test_a_cover_is_cropped_to_its_middle_square(tmp_path: Path, qapp: object) -> None:
    image = QImage(300, 100, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    image.save(str(tmp_path / "wide.png"))
    assert decode_square(tmp_path / "wide.png", 56).size().toTuple() == (56, 56)


@pytest.mark.parametrize("data", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 50])
def test_broken_covers_are_no_cover(tmp_path: Path, data: bytes, qapp: object) -> None:
    (tmp_path / "cover").write_bytes(data)
    assert decode_square(tmp_path / "cover", 56).isNull()


def test_a_cover_of_20000_by_20000_pixels_is_not_decoded(tmp_path: Path, qapp: object) -> None:
    header = bytearray(small_png())
    header[16:24] = (20_000).to_bytes(4, "big") * 2
    (tmp_path / "huge.png").write_bytes(header)
    assert decode_square(tmp_path / "huge.png", 56).isNull()


def small_png() -> bytes:
    """A valid small PNG, to be given another size in its header."""
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice

    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.blue)
    image.save(buffer, "PNG")
    return bytes(data.data())
