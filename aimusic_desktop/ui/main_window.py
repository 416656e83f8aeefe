"""Lays the parts of the window out, and nothing else: what they do is in ``ui/commands``."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QStatusBar,
    QVBoxLayout,
    QWidget,
)

from aimusic_desktop.ui.drawer import LYRICS, QUEUE, SAVES, Drawer
from aimusic_desktop.ui.intake_bar import IntakeBar
from aimusic_desktop.ui.menu_button import MenuButton
from aimusic_desktop.ui.notice import NoticeBar
from aimusic_desktop.ui.room import GivenRoom, fitting
from aimusic_desktop.ui.search_field import SearchField
from aimusic_desktop.ui.theme import GRID, icon

TITLE = "AI Music Desktop"
SIZE = QSize(1080, 720)
"""At the first start, where the screen has room for it."""

_MENU = (
    ("open_file", "paste"),
    ("save_all", "saves", "save_folder"),
    ("queue", "lyrics", "go_to_playing", "compare", "small_player"),
    ("import", "export"),
    ("undo",),
    ("key", "settings"),
    ("demo", "shortcuts", "about"),
    ("quit",),
)
_CONTEXT = (
    ("play", "play_next", "add_to_queue", "compare"),
    ("save", "save_as", "save_wav", "save_mp3", "copy_file", "show_in_folder"),
    ("copy_task_id", "copy_clip_id", "copy_audio_link", "copy_lyrics", "copy_json"),
    ("time_lyrics", "export_lrc"),
    ("again", "remove"),
)


class MainWindow(QMainWindow):
    """A shell that is quick to show; :meth:`furnish` brings the parts that need the core.

    ``closing`` is emitted instead of Qt ending the program.
    """

    closing = Signal()
    space_pressed = Signal()
    """Space, where nothing has another use for it."""
    dropped = Signal(object)
    """A QMimeData with text or files that was dropped on the window."""

    def __init__(self) -> None:
        super().__init__()
        self._room = GivenRoom(self)
        self.setWindowTitle(TITLE)
        self.intake = IntakeBar(self)
        self.search = SearchField(self)
        self.search.setMaximumWidth(240)
        self._menu_button = self._make_menu_button()
        self._faces = QStackedWidget(self)
        self._left = self._make_left()
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(1)
        self.splitter.addWidget(self._left)
        self._center = QWidget(self)
        self.drawer = Drawer(self.splitter, self._center)
        self.notice = NoticeBar(self._center, self._left)
        self._column = QVBoxLayout(self._center)
        self._lay_out()
        self.setCentralWidget(self._center)
        self.setAcceptDrops(True)
        self.resize(fitting(SIZE, self))

    def furnish(
        self,
        *,
        filters: QWidget,
        view: QWidget,
        empty: QWidget,
        details: QWidget,
        saves: QWidget,
        queue: QWidget,
        lyrics: QWidget,
        compare: QWidget,
        player: QWidget,
        status: QStatusBar,
    ) -> None:
        """Put the parts in their places."""
        self._chips.addWidget(filters)
        self._faces.addWidget(view)
        self._faces.addWidget(_scrolled(empty, self._faces))
        self.splitter.addWidget(details)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)
        self.splitter.setSizes([660, 420])
        self.splitter.setFocusProxy(view)
        self.drawer.furnish({SAVES: saves, QUEUE: queue, LYRICS: lyrics})
        self._column.addWidget(compare)
        self._column.addWidget(_line(self._center))
        self._column.addWidget(player)
        self.setStatusBar(status)
        self.intake.setEnabled(True)
        self.intake.field.setFocus()
        for field in (self.intake, self.search):
            field.left.connect(self.leave_fields)

    def show_list(self, shown: bool) -> None:
        """The songs, or the page that says there are none."""
        self._faces.setCurrentIndex(0 if shown else 1)

    def go_to_list(self) -> None:
        """Let the keyboard be where the songs are, unless somebody types already."""
        if self.intake.field.hasFocus() and not self.intake.field.toPlainText():
            self.leave_fields()

    def leave_fields(self) -> None:
        """What is typed from now on is a command: to the songs, or to the window where there are none."""
        (self if self._faces.currentIndex() else self.splitter).setFocus()

    def keep_space(self) -> None:
        """Once all parts are there: buttons take the focus by Tab only, so that after a click on one Space
        plays and does not press it again."""
        for button in self.findChildren(QPushButton):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def fill_menu(self, actions: dict[str, QAction], demo: bool) -> None:
        menu = self._menu_button.menu()
        for group in _MENU:
            for name in group:
                if not (demo and name in ("key", "demo")):
                    menu.addAction(actions[name])
            menu.addSeparator()

    def context_menu(self, actions: dict[str, QAction]) -> QMenu:
        menu = QMenu(self)
        for group in _CONTEXT:
            menu.addActions([actions[name] for name in group])
            menu.addSeparator()
        return menu

    def remembered(self) -> tuple[str, str]:
        """Geometry, and how the parts are divided, as texts for the settings."""
        divided = f"{_text(self.splitter.saveState())};{self.drawer.remembered()}"
        return _text(self.saveGeometry()), divided

    def restore_geometry(self, geometry: str) -> None:
        """Put the window where it was; Qt keeps it within the screens of today."""
        self.restoreGeometry(QByteArray.fromBase64(geometry.encode()))

    def restore_parts(self, divided: str) -> None:
        """Divide the window as it was; after :meth:`furnish`."""
        state, _, drawer = divided.partition(";")
        self.splitter.restoreState(QByteArray.fromBase64(state.encode()))
        self.drawer.restore(drawer)

    def _make_menu_button(self) -> MenuButton:
        button = MenuButton(self)
        button.setIcon(icon("menu"))
        button.setAccessibleName("Menu")
        button.setToolTip("Menu")
        return button

    def _make_left(self) -> QWidget:
        left = QWidget(self)
        left.setBackgroundRole(QPalette.ColorRole.Base)
        left.setAutoFillBackground(True)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, GRID, 0, 0)
        column.setSpacing(GRID // 2)
        self._chips = QHBoxLayout()
        self._chips.setContentsMargins(GRID, 0, GRID, 0)
        column.addLayout(self._chips)
        column.addWidget(self._faces, 1)
        return left

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(GRID + 4, GRID, GRID + 4, GRID)
        top.setSpacing(GRID)
        height = self.intake.field.one_line
        for widget in (self.search, self._menu_button):
            widget.setFixedHeight(height)
        self._menu_button.setFixedWidth(height)
        top.addWidget(self.intake, 3)
        top.addWidget(self.search, 1, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self._menu_button, 0, Qt.AlignmentFlag.AlignTop)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(top)
        self._column.addWidget(_line(self._center))
        self._column.addWidget(self.drawer, 1)
        self.intake.setEnabled(False)

    # -- Qt ---------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._room.laid_out()
        return done

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._room.resized(event.oldSize().height(), event.size().height(), event.spontaneous())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        mime = event.mimeData()
        if event.source() is None and (mime.hasUrls() or mime.hasText()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.dropped.emit(event.mimeData())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Here, and not as a shortcut of the window: that would take it from the button that has the focus.
        if event.key() == Qt.Key.Key_Space and not event.modifiers() and not event.isAutoRepeat():
            self.space_pressed.emit()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit()
        event.accept()


def _scrolled(page: QWidget, parent: QWidget) -> QScrollArea:
    """The page in an area that lets the window be lower than the page."""
    area = QScrollArea(parent)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(page)
    return area


def _line(parent: QWidget) -> QFrame:
    line = QFrame(parent)
    line.setFrameShape(QFrame.Shape.HLine)
    line.setFrameShadow(QFrame.Shadow.Plain)
    line.setForegroundRole(QPalette.ColorRole.Mid)
    line.setFixedHeight(1)
    return line


def _text(data: QByteArray) -> str:
    return bytes(data.toBase64().data()).decode()
