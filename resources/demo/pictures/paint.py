"""The brushes the covers are painted with: skies, glows, hills, leaves and a touch of grain."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPen,
    QRadialGradient,
)

SIZE = 768

Mode = QPainter.CompositionMode


def colour(name: str, alpha: float = 1.0) -> QColor:
    """``"#ff8800"`` with an opacity of 0..1."""
    value = QColor(name)
    value.setAlphaF(alpha)
    return value


def sky(painter: QPainter, *stops: tuple[float, str], top: float = 0, bottom: float = SIZE) -> None:
    """A vertical gradient from ``top`` to ``bottom``, over the full width."""
    painter.fillRect(QRectF(0, top, SIZE, bottom - top), _vertical(top, bottom, *stops))


def _vertical(top: float, bottom: float, *stops: tuple[float, str]) -> QLinearGradient:
    gradient = QLinearGradient(0, top, 0, bottom)
    for place, name in stops:
        gradient.setColorAt(place, QColor(name))
    return gradient


def glow(painter: QPainter, x: float, y: float, radius: float, name: str, alpha: float = 1.0) -> None:
    """Light that falls off around a point; it brightens what is there."""
    gradient = QRadialGradient(x, y, radius)
    for place in range(11):
        gradient.setColorAt(place / 10, colour(name, alpha * (1 - place / 10) ** 2))
    painter.save()
    painter.setCompositionMode(Mode.CompositionMode_Screen)
    disc(painter, x, y, radius, QBrush(gradient))
    painter.restore()


def disc(painter: QPainter, x: float, y: float, radius: float, brush: QBrush | QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(brush)
    painter.drawEllipse(QPointF(x, y), radius, radius)


def ball(x: float, y: float, radius: float, light: str, dark: str) -> QBrush:
    """A brush that makes a disc look round, lit from the upper left."""
    gradient = QRadialGradient(x - radius * 0.35, y - radius * 0.4, radius * 1.45)
    gradient.setColorAt(0, QColor(light))
    gradient.setColorAt(1, QColor(dark))
    return QBrush(gradient)


def stars(painter: QPainter, chance: random.Random, count: int, bottom: float, name: str = "#ffffff") -> None:
    for _ in range(count):
        disc(
            painter,
            chance.uniform(0, SIZE),
            chance.uniform(0, bottom),
            chance.uniform(0.7, 2.4),
            colour(name, chance.uniform(0.25, 0.95)),
        )


def ridge(height: Callable[[float], float], bottom: float = SIZE) -> QPainterPath:
    """The area below the curve ``height(x)`` down to ``bottom``."""
    path = QPainterPath(QPointF(0, bottom))
    for x in range(0, SIZE + 4, 4):
        path.lineTo(x, height(x))
    path.lineTo(SIZE, bottom)
    path.closeSubpath()
    return path


def rolling(level: float, swell: float, chance: random.Random) -> Callable[[float], float]:
    """A gentle curve around ``level``, up and down by about ``swell``."""
    waves = [
        (chance.uniform(0.5, 1.1), chance.uniform(0, 6)),
        (chance.uniform(1.4, 2.4), chance.uniform(0, 6)),
    ]

    def height(x: float) -> float:
        turn = math.tau * x / SIZE
        return level + swell * (
            0.7 * math.sin(waves[0][0] * turn + waves[0][1])
            + 0.3 * math.sin(waves[1][0] * turn + waves[1][1])
        )

    return height


def leaf(painter: QPainter, x: float, y: float, length: float, degrees: float, light: str, dark: str) -> None:
    """A pointed leaf that starts at (x, y), its two halves in two tones."""
    painter.save()
    painter.translate(x, y)
    painter.rotate(degrees)
    painter.setPen(Qt.PenStyle.NoPen)
    for side, name in ((-1, light), (1, dark)):
        half = QPainterPath(QPointF(0, 0))
        half.cubicTo(length * 0.3, side * length * 0.34, length * 0.75, side * length * 0.26, length, 0)
        half.closeSubpath()
        painter.setBrush(QColor(name))
        painter.drawPath(half)
    painter.restore()


def pen(name: str, width: float, alpha: float = 1.0) -> QPen:
    """A round-ended pen."""
    return QPen(
        QBrush(colour(name, alpha)),
        width,
        Qt.PenStyle.SolidLine,
        Qt.PenCapStyle.RoundCap,
        Qt.PenJoinStyle.RoundJoin,
    )


def line(painter: QPainter, x1: float, y1: float, x2: float, y2: float, stroke: QPen) -> None:
    painter.setPen(stroke)
    painter.drawLine(QPointF(x1, y1), QPointF(x2, y2))


def box(
    painter: QPainter,
    x: float,
    y: float,
    width: float,
    height: float,
    brush: QBrush | QColor,
    radius: float = 0,
) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(brush)
    painter.drawRoundedRect(QRectF(x, y, width, height), radius, radius)


def reflect(painter: QPainter, level: float, opacity: float) -> None:
    """Mirrors what is above ``level`` into what is below it, as still water would."""
    image = painter.device()
    assert isinstance(image, QImage)
    above = image.copy(0, int(2 * level - SIZE), SIZE, int(SIZE - level))
    small = above.scaled(SIZE // 6, above.height() // 2, mode=Qt.TransformationMode.SmoothTransformation)
    painter.save()
    painter.setOpacity(opacity)
    painter.drawImage(QRectF(0, level, SIZE, SIZE - level), small.flipped(Qt.Orientation.Vertical))
    painter.restore()


def grain(painter: QPainter, strength: float = 0.07) -> None:
    """The texture of paper, so that large areas do not look like plastic."""
    noise = random.Random(7).randbytes(SIZE * SIZE // 4)
    texture = QImage(noise, SIZE // 2, SIZE // 2, SIZE // 2, QImage.Format.Format_Grayscale8)
    painter.save()
    painter.setCompositionMode(Mode.CompositionMode_SoftLight)
    painter.setOpacity(strength)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(QRectF(0, 0, SIZE, SIZE), texture)
    painter.restore()
