"""The queue's page of the drawer, and hands for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from aimusic_desktop.listening.queue import PlayQueue
from aimusic_desktop.ui.queue.layout import QueueLayout
from aimusic_desktop.ui.queue.panel import QueuePanel
from aimusic_desktop.ui.songs.layout import RowFonts
from tests.support.listening import ids
from tests.support.saves import NoCovers

LEFT, PLAIN = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


class Window(QWidget):
    """Remembers the keys that nothing in it took."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[int] = []

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.keys.append(event.key())


class QueueScene:
    """The panel over a queue, and what it said."""

    def __init__(self, queue: PlayQueue) -> None:
        self.window = Window()
        self.window.resize(800, 600)
        covers: Any = NoCovers()
        self.queue = queue
        self.panel = QueuePanel(queue, covers, self.window)
        self.panel.resize(800, 600)
        self.view, self.model = self.panel.view, self.panel.model
        self.wanted: list[int] = []
        self.undos: list[tuple[str, Callable[[], object]]] = []
        self.refused: list[str] = []
        self.panel.play_wanted.connect(self.wanted.append)
        self.panel.undo_offered.connect(self._undo_offered)
        self.window.show()

    def select(self, names: str) -> None:
        """Select songs by their letters; the last one is the current row."""
        places = [list(self.model.order).index(one) for one in ids(self.queue, names)]
        selection = self.view.selectionModel()
        selection.setCurrentIndex(self.model.index(places[-1]), QItemSelectionModel.SelectionFlag.Clear)
        for place in places:
            selection.select(self.model.index(place), QItemSelectionModel.SelectionFlag.Select)

    def selected(self) -> str:
        return "".join(one.clip.clip_id for one in self.view.selected())

    def point(self, place: int, part: str = "title") -> QPoint:
        """The middle of a part of a row."""
        option = QStyleOptionViewItem()
        self.view.initViewItemOption(option)
        rect = self.view.visualRect(self.model.index(place))
        layout = QueueLayout.of(rect, RowFonts.of(option.font), option.direction)
        centre: QPoint = getattr(layout, part).center()
        return centre

    def click(self, place: int, part: str) -> None:
        QTest.mouseClick(self.view.viewport(), LEFT, PLAIN, self.point(place, part))

    def lift(self, place: int, to: QPoint) -> None:
        """Press on a row and move to a point, and do not let go."""
        area, start = self.view.viewport(), self.point(place)
        QTest.mousePress(area, LEFT, PLAIN, start)
        for share in (0.3, 0.6, 1.0):
            QTest.mouseMove(area, start + (to - start) * share)

    def drag(self, place: int, to: QPoint) -> None:
        self.lift(place, to)
        QTest.mouseRelease(self.view.viewport(), LEFT, PLAIN, to)

    def edge(self, place: int) -> QPoint:
        """The upper edge of a row; that of the one after the last is below all."""
        rect = self.view.visualRect(self.model.index(min(place, self.model.rowCount() - 1)))
        below = place >= self.model.rowCount()
        return QPoint(200, rect.bottom() + 20 if below else rect.top() + 2)

    def spoken(self) -> list[str]:
        """What a screen reader says of each row."""
        role = Qt.ItemDataRole.AccessibleTextRole
        return [self.model.index(place).data(role) for place in range(self.model.rowCount())]

    def _undo_offered(self, said: str, undo: Callable[[], object] | None, can: object) -> None:
        if undo is None:
            self.refused.append(said)
        else:
            self.undos.append((said, undo))

    def close(self) -> None:
        self.window.close()
        self.window.deleteLater()
