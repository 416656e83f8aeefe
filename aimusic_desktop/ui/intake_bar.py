"""The field that takes anything that holds task ids, and the button beside it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QPushButton, QSizePolicy, QWidget

from aimusic_desktop.ui.theme import GRID, icon

HELD_CHARACTERS = 20_000
"""A longer paste is looked up at once instead of being laid out in the field."""

MOST_LINES = 4
"""The field grows with its text up to this many lines."""


class IntakeBar(QWidget):
    """Emits ``wanted`` with the text to look up. The text stays until :meth:`clear`."""

    wanted = Signal(str)
    files_given = Signal(list)
    left = Signal()
    """Escape: the keyboard shall go back to the list; the text stays."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = IntakeField(self)
        self.button = QPushButton("Look up", self)
        self.button.setAccessibleName("Look up")
        self.button.setDefault(True)
        self.button.setEnabled(False)
        self.field.textChanged.connect(self._text_changed)
        self.field.submitted.connect(self._submit)
        self.field.too_long.connect(self.wanted)
        self.field.files_given.connect(self.files_given)
        self.field.left.connect(self.left)
        self.button.clicked.connect(self._submit)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.field, 1)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        self.button.setFixedHeight(self.field.one_line)
        self._point()

    def clear(self, looked_up: str) -> None:
        """Take out a text that was looked up, if the field still begins with it, or holds the end of it, for
        its beginning was looked up before; what came since stays."""
        held = self.field.toPlainText().strip()
        if held.startswith(looked_up):
            self._hold(held.removeprefix(looked_up).lstrip())
        elif held and looked_up.endswith(f"\n{held}"):
            self._hold("")

    def _hold(self, text: str) -> None:
        cursor = self.field.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)  # unlike the field's own ways, this can be undone

    def take_focus(self) -> None:
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def _point(self) -> None:
        """Let the arrow go where reading goes."""
        to_left = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        self.button.setIcon(icon("look-up-left" if to_left else "look-up"))

    def _text_changed(self) -> None:
        self.button.setEnabled(bool(self.field.toPlainText().strip()))

    def _submit(self) -> None:
        if text := self.field.toPlainText().strip():
            self.wanted.emit(text)

    # -- Qt ---------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._point()


class IntakeField(QPlainTextEdit):
    """One line that becomes more when the text does; Return submits, Shift+Return breaks the line."""

    submitted = Signal()
    too_long = Signal(str)
    files_given = Signal(list)
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Task ids")
        self.setPlaceholderText("Paste task ids, links or JSON …")
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(6)
        self.textChanged.connect(self._fit)
        self.verticalScrollBar().valueChanged.connect(self._stay)
        self._fit()

    @property
    def one_line(self) -> int:
        """The height with a single line of text, in device-independent pixels."""
        return self._height_for(1)

    def _height_for(self, lines: int) -> int:
        margins = 2 * round(self.document().documentMargin()) + 2 * self.frameWidth()
        return lines * self.fontMetrics().lineSpacing() + margins

    def _stay(self) -> None:
        """Qt finds a line to scroll even when all of them show: a drag beyond the edge would take it away."""
        if self.verticalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff:
            self.verticalScrollBar().setValue(0)

    def _fit(self) -> None:
        lines = min(MOST_LINES, max(1, round(self.document().size().height())))
        shows_all = lines < MOST_LINES
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOff if shows_all else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setVerticalScrollBarPolicy(policy)
        if self.height() != self._height_for(lines):
            self.setFixedHeight(self._height_for(lines))

    # -- Qt ---------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.submitted.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        files = [url.toLocalFile() for url in source.urls() if url.isLocalFile()]
        if files:
            self.files_given.emit(files)
        elif len(source.text()) > HELD_CHARACTERS:
            self.too_long.emit(source.text())
        else:
            super().insertFromMimeData(source)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasUrls() or super().canInsertFromMimeData(source)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.one_line)
