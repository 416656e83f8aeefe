"""Paints a waveform: its bars are drawn once for a size and a shape, then only shown."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen, QPixmap

from aimusic_desktop.media.peaks import Peaks
from aimusic_desktop.ui import theme
from aimusic_desktop.ui.painting import fill
from aimusic_desktop.ui.player.bars import bar_heights

BAR, PITCH = 2.0, 3.0
"""Width of a bar, and from one to the next, device-independent pixels."""

GROOVE = 4.0
HANDLE = 6.0
_NOT_HERE = 0.45


@dataclass(frozen=True, slots=True)
class WaveView:
    """What there is to paint. Places are device-independent pixels of the widget, from its left."""

    ground: QRectF
    peaks: Peaks | None
    length_ms: int
    at: float
    arrived: float
    ticks: list[float]
    edges: list[float | None]
    hover: int | None
    enabled: bool
    focused: bool


class WavePaint:
    """Keeps the two pictures of the bars, played and to come."""

    def __init__(self) -> None:
        self._key: object = None
        self._played = self._rest = QPixmap()

    def paint(self, painter: QPainter, view: WaveView, palette: QPalette) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if view.focused:
            _paint_focus(painter, view, palette)
        if not view.enabled:
            painter.setOpacity(_NOT_HERE)
            _groove(painter, view.ground, rest_color(palette))
            return
        _paint_span(painter, view, palette)
        self._paint_song(painter, view, palette)
        _paint_ticks(painter, view, palette)
        _paint_edges(painter, view, palette)
        _paint_hover(painter, view, palette)
        _paint_handle(painter, view, palette, thin=bool(view.peaks and view.peaks.levels))

    def _paint_song(self, painter: QPainter, view: WaveView, palette: QPalette) -> None:
        self._draw(painter.device().devicePixelRatioF(), view, palette)
        here = max(view.at, view.arrived)
        _show(painter, self._played, view.ground, 0.0, view.at)
        _show(painter, self._rest, view.ground, view.at, here)
        painter.setOpacity(_NOT_HERE)
        _show(painter, self._rest, view.ground, here, view.ground.right())
        painter.setOpacity(1.0)

    def _draw(self, ratio: float, view: WaveView, palette: QPalette) -> None:
        key = (ratio, view.ground.size().toTuple(), view.peaks, view.length_ms, palette.cacheKey())
        if key == self._key:
            return
        self._key = key
        shape = _shape(ratio, view)
        self._played = _tinted(shape, theme.accent(palette))
        self._rest = _tinted(shape, rest_color(palette))


def rest_color(palette: QPalette) -> QColor:
    """What is still to be played: seen on the window's ground, and quieter than the accent."""
    text, ground = palette.color(QPalette.ColorRole.WindowText), palette.color(QPalette.ColorRole.Window)
    return theme.mixed(text, ground, 0.46)


def _shape(ratio: float, view: WaveView) -> QPixmap:
    """The song's bars, or a groove as long as it has no shape."""
    pixmap = QPixmap((view.ground.size() * ratio).toSize())
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    area = QRectF(0, 0, view.ground.width(), view.ground.height())
    if view.peaks is not None and view.peaks.levels:
        _draw_bars(painter, area, view.peaks, view.length_ms)
    else:
        _groove(painter, area, QColor("black"))
    painter.end()
    return pixmap


def _draw_bars(painter: QPainter, area: QRectF, peaks: Peaks, length_ms: int) -> None:
    count = max(1, int((area.width() + PITCH - BAR) / PITCH))
    heights = bar_heights(peaks.levels, length_ms, count)
    heights += [0.0] * (count - len(heights))  # dots where the shape is not known yet
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("black"))
    tallest = area.height() - 4
    for number, height in enumerate(heights):
        tall = 2.0 * max(1, round(height * tallest / 2))
        painter.drawRoundedRect(QRectF(number * PITCH, area.center().y() - tall / 2, BAR, tall), 1, 1)


def _groove(painter: QPainter, area: QRectF, color: QColor) -> None:
    fill(
        painter, QRectF(area.left(), area.center().y() - GROOVE / 2, area.width(), GROOVE), color, GROOVE / 2
    )


def _tinted(shape: QPixmap, color: QColor) -> QPixmap:
    pixmap = QPixmap(shape)
    painter = QPainter(pixmap)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(pixmap.rect(), color)
    painter.end()
    return pixmap


def _show(painter: QPainter, pixmap: QPixmap, ground: QRectF, left: float, right: float) -> None:
    painter.save()
    painter.setClipRect(QRectF(left, ground.top(), right - left, ground.height()))
    painter.drawPixmap(ground.topLeft(), pixmap)
    painter.restore()


def _paint_span(painter: QPainter, view: WaveView, palette: QPalette) -> None:
    start, end = view.edges
    if start is not None and end is not None:
        color = theme.accent(palette)
        color.setAlphaF(0.18)
        fill(painter, QRectF(start, view.ground.top(), end - start, view.ground.height()), color, 3)


def _paint_edges(painter: QPainter, view: WaveView, palette: QPalette) -> None:
    color = theme.accent_text(palette)
    for x in view.edges:
        if x is not None:
            fill(painter, QRectF(x - 1, view.ground.top(), 2, view.ground.height()), color, 1)
            fill(painter, QRectF(x - 3, view.ground.top(), 6, 6), color, 3)


def _paint_ticks(painter: QPainter, view: WaveView, palette: QPalette) -> None:
    color = theme.muted_text(palette)
    for x in view.ticks:
        fill(painter, QRectF(x - 0.75, view.ground.top(), 1.5, 5), color, 0.75)
        fill(painter, QRectF(x - 0.75, view.ground.bottom() - 5, 1.5, 5), color, 0.75)


def _paint_hover(painter: QPainter, view: WaveView, palette: QPalette) -> None:
    if view.hover is not None and view.ground.left() <= view.hover <= view.ground.right():
        color = theme.muted_text(palette)
        painter.fillRect(QRectF(view.hover, view.ground.top(), 1, view.ground.height()), color)


def _paint_handle(painter: QPainter, view: WaveView, palette: QPalette, *, thin: bool) -> None:
    """A line through the bars, or the round handle of a plain slider."""
    color = theme.accent_text(palette)
    if thin:
        fill(painter, QRectF(view.at - 1, view.ground.top(), 2, view.ground.height()), color, 1)
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(QPointF(view.at, view.ground.center().y()), HANDLE, HANDLE)


def _paint_focus(painter: QPainter, view: WaveView, palette: QPalette) -> None:
    painter.setPen(QPen(theme.accent(palette), 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    ring = view.ground.adjusted(-5, 1, 5, -1)
    painter.drawRoundedRect(ring, theme.RADIUS, theme.RADIUS)
    painter.setPen(Qt.PenStyle.NoPen)
