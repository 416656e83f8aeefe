"""A toy rocket: once in space, once cut from coloured paper."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainter, QPainterPath

from pictures.paint import (
    SIZE,
    ball,
    box,
    colour,
    disc,
    pen,
    sky,
    stars,
)


@dataclass(frozen=True)
class _Space:
    top: str
    bottom: str
    star: str
    planets: tuple[tuple[float, float, float, str, str], ...]
    smoke: tuple[str, ...]
    body: tuple[str, str]
    fin: str


def little_rocket(painter: QPainter, chance: random.Random) -> None:
    """A toy rocket on its way around the sun."""
    planets = (
        (610, 610, 120, "#ffcf70", "#f07a3c"),
        (130, 170, 62, "#7fe0d2", "#2a8fa8"),
        (640, 120, 30, "#ff9dbb", "#c9497e"),
    )
    _rocket(
        painter,
        chance,
        _Space(
            "#101a52",
            "#3b2f8f",
            "#ffffff",
            planets,
            ("#5a55b8", "#8a86dc", "#c9c8f5"),
            ("#ffffff", "#c9d2ee"),
            "#ff5a5f",
        ),
    )


def little_rocket_unplugged(painter: QPainter, chance: random.Random) -> None:
    """The same rocket, cut from coloured paper."""
    planets = (
        (620, 600, 120, "#f4a988", "#ef9a76"),
        (130, 170, 62, "#9cc9b4", "#8dbda7"),
        (640, 120, 30, "#e6bf5f", "#dcb350"),
    )
    _rocket(
        painter,
        chance,
        _Space(
            "#f7ead3",
            "#f3ddc0",
            "#d9a05b",
            planets,
            ("#e5cfae", "#efdfc6", "#fffaf0"),
            ("#fffdf6", "#f1e7d5"),
            "#d9594c",
        ),
    )


def _rocket(painter: QPainter, chance: random.Random, look: _Space) -> None:
    sky(painter, (0, look.top), (1, look.bottom))
    stars(painter, chance, 120, SIZE, look.star)
    for x, y, radius, light, dark in look.planets:
        disc(painter, x + 6, y + 9, radius, colour("#000000", 0.14))
        disc(painter, x, y, radius, ball(x, y, radius, light, dark))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.save()
    painter.translate(130, 170)
    painter.rotate(-20)
    painter.setPen(pen(look.smoke[2], 7, 0.85))
    painter.drawArc(QRectF(-100, -26, 200, 52), 150 * 16, 240 * 16)
    painter.restore()
    for name, size in zip(look.smoke, (1.25, 1.0, 0.72), strict=True):
        for puff in range(15):
            way = puff / 14
            x, y = -40 + 330 * way, 800 - 330 * way - 60 * math.sin(way * 3)
            disc(
                painter,
                x + chance.uniform(-16, 16),
                y + chance.uniform(-16, 16),
                (88 - 58 * way) * size,
                QColor(name),
            )
    painter.save()
    painter.translate(420, 350)
    painter.rotate(45)
    _rocket_body(painter, look)
    painter.restore()


def _rocket_body(painter: QPainter, look: _Space) -> None:
    """The rocket upright around the origin, 420 high."""
    for width, length, name in ((46, 150, "#ff8a3c"), (28, 100, "#ffd45e"), (14, 58, "#fff6d0")):
        flame = QPainterPath(QPointF(-width, 150))
        flame.quadTo(-width * 0.7, 150 + length * 0.7, 0, 150 + length)
        flame.quadTo(width * 0.7, 150 + length * 0.7, width, 150)
        painter.fillPath(flame, QColor(name))
    for side in (-1, 1):
        fin = QPainterPath(QPointF(side * 60, 40))
        fin.quadTo(side * 132, 90, side * 122, 186)
        fin.quadTo(side * 90, 140, side * 40, 136)
        fin.closeSubpath()
        painter.fillPath(fin, QColor(look.fin))
    body = QPainterPath(QPointF(0, -220))
    body.cubicTo(110, -110, 100, 70, 54, 150)
    body.lineTo(-54, 150)
    body.cubicTo(-100, 70, -110, -110, 0, -220)
    shade = QLinearGradient(-84, 0, 84, 0)
    shade.setColorAt(0.3, QColor(look.body[0]))
    shade.setColorAt(1, QColor(look.body[1]))
    painter.fillPath(body, QBrush(shade))
    painter.save()
    painter.setClipPath(body)
    box(painter, -120, -230, 240, 104, QColor(look.fin))
    box(painter, -120, 112, 240, 16, QColor(look.fin))
    painter.restore()
    disc(painter, 0, -40, 44, QColor(look.fin))
    disc(painter, 0, -40, 32, ball(0, -40, 32, "#d5f6ff", "#3aa0d0"))
    disc(painter, 0, 56, 22, QColor(look.fin))
    disc(painter, 0, 56, 14, ball(0, 56, 14, "#d5f6ff", "#3aa0d0"))
