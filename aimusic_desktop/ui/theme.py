"""Colours from the palette and icons tinted with it, so that light and dark need no second set."""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

from aimusic_desktop.assets import asset

GRID = 8
"""Every distance is a multiple of this many device-independent pixels, or half of it."""

COVER = 56
"""Side of a cover in the list."""

RADIUS = 6.0
"""Corner radius of covers and cards."""

READABLE = 4.5
"""The least contrast of text with its ground (WCAG 2.1, level AA)."""

_ERROR_LIGHT, _ERROR_DARK = QColor("#b3261e"), QColor("#ff8a80")
_GOOD_LIGHT, _GOOD_DARK = QColor("#1b7f4b"), QColor("#6fd6a0")


def is_dark(palette: QPalette) -> bool:
    return palette.color(QPalette.ColorRole.Base).lightness() < 128


def accent(palette: QPalette) -> QColor:
    """The one accent: the system's highlight colour."""
    return palette.color(QPalette.ColorRole.Highlight)


def accent_text(palette: QPalette) -> QColor:
    """The accent as a colour for words: moved towards the text colour until it can be read."""
    text, base = palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.Base)
    shades = (mixed(accent(palette), text, share) for share in (0.75, 0.5, 0.25))
    return next((shade for shade in shades if contrast(shade, base) >= READABLE), text)


def contrast(first: QColor, second: QColor) -> float:
    """The contrast ratio of two colours, 1 to 21, as WCAG 2.1 defines it."""
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def mixed(first: QColor, second: QColor, share: float) -> QColor:
    """``share`` (0 to 1) of the first colour, the rest of the second."""
    rest = 1.0 - share
    return QColor(
        round(first.red() * share + second.red() * rest),
        round(first.green() * share + second.green() * rest),
        round(first.blue() * share + second.blue() * rest),
    )


def muted_text(palette: QPalette) -> QColor:
    """Second-rank text: two thirds of the text colour, still 4.5 : 1 on the base in both schemes."""
    return mixed(palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.Base), 0.68)


def faint(palette: QPalette) -> QColor:
    """Placeholders and separators."""
    return mixed(palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.Base), 0.10)


def error_text(palette: QPalette) -> QColor:
    return _ERROR_DARK if is_dark(palette) else _ERROR_LIGHT


def good_text(palette: QPalette) -> QColor:
    return _GOOD_DARK if is_dark(palette) else _GOOD_LIGHT


@cache
def icon(name: str) -> QIcon:
    """A symbolic icon of ``resources/icons``, painted in the palette's text colour of the moment."""
    return QIcon(_TintedIcon(name))


def tinted_pixmap(name: str, size: QSize, color: QColor, ratio: float) -> QPixmap:
    """The icon's shape filled with one colour; ``size`` in device-independent pixels."""
    return _tinted(name, size.width(), size.height(), color.rgba(), ratio)


def dot(side: int, color: QColor, ratio: float) -> QPixmap:
    """A filled circle, ``side`` device-independent pixels wide."""
    pixmap = QPixmap(QSize(side, side) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(QRectF(0, 0, side, side))
    painter.end()
    return pixmap


@lru_cache(maxsize=256)
def _tinted(name: str, width: int, height: int, rgba: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(QSize(width, height) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    _shape(name).render(painter, QRectF(0, 0, width, height))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(QRect(0, 0, width, height), QColor.fromRgba(rgba))
    painter.end()
    return pixmap


@cache
def _shape(name: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(asset("icons", f"{name}.svg").read_bytes()))


def _luminance(color: QColor) -> float:
    red, green, blue = (_linear(part) for part in (color.redF(), color.greenF(), color.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


class _TintedIcon(QIconEngine):
    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def clone(self) -> QIconEngine:
        return _TintedIcon(self._name)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(rect.topLeft(), self._pixmap(rect.size(), mode, ratio))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self._pixmap(size, mode, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        return self._pixmap(size, mode, scale)

    def _pixmap(self, size: QSize, mode: QIcon.Mode, ratio: float) -> QPixmap:
        return tinted_pixmap(self._name, size, _icon_color(mode), ratio)


def _icon_color(mode: QIcon.Mode) -> QColor:
    palette = QGuiApplication.palette()
    group = QPalette.ColorGroup.Disabled if mode is QIcon.Mode.Disabled else QPalette.ColorGroup.Active
    role = (
        QPalette.ColorRole.HighlightedText if mode is QIcon.Mode.Selected else QPalette.ColorRole.ButtonText
    )
    return palette.color(group, role)
