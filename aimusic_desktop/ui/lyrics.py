"""Lyrics as a read-only text whose section marks stand apart. Plain text only, whatever the service sends."""

from __future__ import annotations

from bisect import bisect_right

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QFrame, QSizePolicy, QTextEdit, QWidget

from aimusic_desktop.lyrics.lines import Timing, cue_at
from aimusic_desktop.ui import theme
from aimusic_desktop.ui.lyrics_page import Page, Place, page, units

MARGIN = 6
"""Around the text, for the ground of the line that is sung; in device-independent pixels."""

_SHARE = 0.16
"""How much of the accent is in that ground."""

LONG_LYRICS = "These lyrics go on; “Copy lyrics” in the song’s menu copies all of them."
"""Said below lyrics that are cut."""

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_ELSEWHERE = (Qt.Key.Key_Space, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
"""Keys for the window or the panel around it: Qt's own text would scroll by them, which has nowhere to go."""

_BY_TAB = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
_TIMED = "Click a line, or press Enter on it, to hear the song from there."


class LyricsView(QTextEdit):
    """As tall as its text: the panel around it scrolls.

    With a timing it follows the song: the line and the word that are sung stand out.
    """

    line_wanted = Signal(float)
    """A line was clicked, or Enter pressed on it: when it is sung, in seconds."""
    caret_moved = Signal(QRect)
    """By a key; where it is now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setAccessibleName("Lyrics")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        bar = self.verticalScrollBar()  # the panel around it scrolls
        bar.rangeChanged.connect(lambda *_: bar.setRange(0, 0))
        self.document().setDocumentMargin(MARGIN)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setMouseTracking(True)
        self._lyrics = ""
        self._timing: Timing | None = None
        self._page = Page()
        self._cue: int | None = None
        self._places: list[Place | None] = []
        self._word: Place | None = None
        self._pressed: QPoint | None = None
        self._caret_width = self.cursorWidth()
        self._need_caret(False)
        self._clicked_s = 0.0
        # A click may become the double click that selects a word.
        self._click = QTimer(self, interval=QApplication.doubleClickInterval(), singleShot=True)
        self._click.timeout.connect(lambda: self.line_wanted.emit(self._clicked_s))

    @property
    def is_cut(self) -> bool:
        """Whether there is more than is shown."""
        return self._page.is_cut

    def shows(self, lyrics: str) -> bool:
        """Whether these are the lyrics it was given."""
        return lyrics == self._lyrics

    def show_lyrics(self, lyrics: str) -> None:
        """Show these lyrics, untimed; the same again keeps the reader's selection, and the timing."""
        if not self.shows(lyrics):
            self._lyrics = lyrics
            self.show_timing(None)

    def show_timing(self, timing: Timing | None) -> None:
        """What :meth:`show_moment` goes by from now on."""
        self._click.stop()  # it was for what was shown before
        shown, self._timing = self._page.lines, timing
        self._page = page(self._lyrics, timing)
        self.setAccessibleDescription(_TIMED if self._page.cues else "")
        if shown != self._page.lines:
            self._write()
        self._stand_at(None)

    def show_moment(self, position_s: float | None) -> bool:
        """Mark what is sung at a moment of the song, None for nothing. Whether that is another line now."""
        index = None if self._timing is None or position_s is None else cue_at(self._timing, position_s)
        moved = index != self._cue
        if moved:
            self._stand_at(index)
        if position_s is not None:
            self._stand_on(self._word_at(position_s))
        return moved

    def line_rect(self) -> QRect | None:
        """Where the line that is sung is, or those that are sung as one; None when none is."""
        lines = None if self._cue is None else self._page.lines_of(self._cue)
        if lines is None:
            return None
        first, last = (self.document().findBlockByNumber(line) for line in lines)
        rect_of = self.document().documentLayout().blockBoundingRect
        return rect_of(first).united(rect_of(last)).toAlignedRect()

    # -- following --------------------------------------------------------

    def _stand_at(self, cue: int | None) -> None:
        self._cue, self._word = cue, None
        self._places = [] if cue is None else self._page.places(cue)
        self._mark()
        self.viewport().update()

    def _stand_on(self, word: Place | None) -> None:
        if word != self._word:
            self._word = word
            self._mark()

    def _word_at(self, position_s: float) -> Place | None:
        """The word begun last: it stands out until the next one."""
        if self._cue is None:
            return None
        words = self._page.cues[self._cue].words
        index = bisect_right(words, position_s, key=lambda word: word.start_s) - 1
        return self._places[index] if 0 <= index < len(self._places) else None

    def _mark(self) -> None:
        """Marks are painted over the text: nothing is laid out again, and no screen reader interrupted."""
        if self._word is None:
            self.setExtraSelections([])
            return
        block = self.document().findBlockByNumber(self._word.line)
        first, last = (units(block.text(), place) for place in (self._word.first, self._word.last))
        letters = QTextCharFormat()
        letters.setForeground(theme.accent_text(self.palette()))
        letters.setFontUnderline(True)
        self.setExtraSelections([_marked(block, first, last, letters)])

    # -- the text ---------------------------------------------------------

    def _write(self) -> None:
        self.clear()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        for number, line in enumerate(self._page.lines):
            self._write_line(cursor, line.text, heading=line.heading, first=number == 0)
        cursor.endEditBlock()
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self._fit()

    def _write_line(self, cursor: QTextCursor, text: str, *, heading: bool, first: bool) -> None:
        block, letters = QTextBlockFormat(), QTextCharFormat()
        block.setLineHeight(135.0, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        if heading:
            block.setTopMargin(0 if first else theme.GRID)
            letters.setFontWeight(QFont.Weight.DemiBold)
        if first:
            cursor.setBlockFormat(block)
        else:
            cursor.insertBlock(block)
        cursor.insertText(text, letters)

    def _fit(self) -> None:
        height = round(self.document().size().height()) + 4
        if height != self.height():
            self.setFixedHeight(height)

    # -- clicks and keys --------------------------------------------------

    def _need_caret(self, needed: bool) -> None:
        """Only the keyboard has a use for it: nothing is typed here."""
        self.setCursorWidth(self._caret_width if needed else 0)

    def _seconds_at(self, cursor: QTextCursor) -> float | None:
        before = cursor.block().text()[: cursor.positionInBlock()]
        return self._page.seconds_at(cursor.blockNumber(), len(before))

    def _want(self, cursor: QTextCursor) -> bool:
        seconds = self._seconds_at(cursor)
        if seconds is not None:
            self.line_wanted.emit(seconds)
        return seconds is not None

    def _is_click(self, event: QMouseEvent) -> bool:
        if event.button() is not Qt.MouseButton.LeftButton or self._pressed is None:
            return False
        way = (event.position().toPoint() - self._pressed).manhattanLength()
        return way < QApplication.startDragDistance() and not self.textCursor().hasSelection()

    # -- Qt ---------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        # Nothing is typed here, so letters and the space bar stay commands of the window; the keys that
        # move and copy have no text that can be printed.
        if event.type() is QEvent.Type.ShortcutOverride and _is_printable(event):
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER and self._want(self.textCursor()):
            return
        if event.key() in _ELSEWHERE and not event.modifiers():
            event.ignore()
            return
        before = self.textCursor().position()
        super().keyPressEvent(event)
        if self.textCursor().position() != before:
            self._need_caret(True)
            self.caret_moved.emit(self.cursorRect())

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() in _BY_TAB:
            self._need_caret(True)
        super().focusInEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        selected = self.textCursor().hasSelection()
        self._need_caret(False)
        super().mousePressEvent(event)
        # The click that ends a selection is for that alone.
        self._pressed = None if selected else event.position().toPoint()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self._is_click(event):
            seconds = self._seconds_at(self.cursorForPosition(event.position().toPoint()))
            if seconds is not None:
                self._clicked_s = seconds
                self._click.start()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        self._pressed = None
        self._click.stop()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if not event.buttons():
            timed = self._seconds_at(self.cursorForPosition(event.position().toPoint())) is not None
            shape = Qt.CursorShape.PointingHandCursor if timed else Qt.CursorShape.IBeamCursor
            self.viewport().setCursor(shape)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # for the panel around it

    def paintEvent(self, event: QPaintEvent) -> None:
        if (rect := self.line_rect()) is not None:
            painter = QPainter(self.viewport())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            palette = self.palette()
            base = palette.color(QPalette.ColorRole.Base)
            painter.setBrush(theme.mixed(theme.accent(palette), base, _SHARE))
            painter.drawRoundedRect(rect.adjusted(-MARGIN, -2, MARGIN, 2), theme.RADIUS, theme.RADIUS)
            painter.end()
        super().paintEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._mark()

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 0)


def _is_printable(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and bool(event.text()) and event.text().isprintable()


def _marked(block: QTextBlock, first: int, last: int, letters: QTextCharFormat) -> QTextEdit.ExtraSelection:
    cursor = QTextCursor(block)
    cursor.setPosition(block.position() + first)
    cursor.setPosition(block.position() + last, QTextCursor.MoveMode.KeepAnchor)
    mark = QTextEdit.ExtraSelection()
    mark.cursor, mark.format = cursor, letters
    return mark
