"""Covers that grow: oranges by day and by evening, flowers of glass by day and by night."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainter, QPainterPath, QRadialGradient

from pictures.paint import (
    SIZE,
    Mode,
    ball,
    colour,
    disc,
    leaf,
    line,
    pen,
    sky,
)


@dataclass(frozen=True)
class _Grove:
    ground: str
    sun: str
    leaves: tuple[tuple[str, str], ...]
    fruit: tuple[str, str]
    blossom: str
    shade: float


def orange_grove(painter: QPainter, chance: random.Random) -> None:
    """Oranges, leaves and blossoms at noon."""
    greens = (("#2f8f5b", "#1f7049"), ("#58a957", "#3d8b47"), ("#8cbf5a", "#6fa545"))
    _grove(painter, chance, _Grove("#fdeecb", "#ffd876", greens, ("#ffb53d", "#f0701a"), "#ffffff", 0.10))


def orange_grove_evening(painter: QPainter, chance: random.Random) -> None:
    """The same branches when the lamps are lit."""
    blues = (("#2c5f7c", "#1d4763"), ("#3f7f86", "#2c646e"), ("#5b6fa8", "#445790"))
    _grove(painter, chance, _Grove("#2a2050", "#ff7d5c", blues, ("#ffc25c", "#f2603b"), "#ffe0c2", 0.30))


def _grove(painter: QPainter, chance: random.Random, look: _Grove) -> None:
    painter.fillRect(0, 0, SIZE, SIZE, QColor(look.ground))
    disc(painter, 384, 400, 262, QColor(look.sun))
    spots = _spread(chance, 15, 168)
    for x, y in spots:
        for turn in range(5):
            light, dark = chance.choice(look.leaves)
            leaf(painter, x, y, chance.uniform(105, 160), turn * 72 + chance.uniform(-25, 25), light, dark)
    for number, (x, y) in enumerate(spots):
        radius = chance.uniform(50, 64)
        disc(painter, x + 7, y + 10, radius, colour("#000000", look.shade))
        if number % 4 == 1:
            _slice(painter, x, y, radius, look)
        else:
            disc(painter, x, y, radius, ball(x, y, radius, *look.fruit))
            disc(painter, x - radius * 0.36, y - radius * 0.42, radius * 0.13, colour("#ffffff", 0.55))
    for x, y in _spread(chance, 22, 120):
        for petal in range(5):
            angle = math.tau * petal / 5 + x
            disc(painter, x + 9 * math.cos(angle), y + 9 * math.sin(angle), 7.5, QColor(look.blossom))
        disc(painter, x, y, 5, QColor(look.fruit[0]))


def _spread(chance: random.Random, count: int, distance: float) -> list[tuple[float, float]]:
    """Points that keep a distance from each other, as far as luck finds room for them."""
    spots: list[tuple[float, float]] = []
    for _ in range(count * 60):
        spot = (chance.uniform(10, SIZE - 10), chance.uniform(10, SIZE - 10))
        if len(spots) < count and all(math.dist(spot, other) > distance for other in spots):
            spots.append(spot)
    return spots


def _slice(painter: QPainter, x: float, y: float, radius: float, look: _Grove) -> None:
    disc(painter, x, y, radius, QColor(look.fruit[1]))
    disc(painter, x, y, radius * 0.92, QColor("#fff3d6"))
    painter.setBrush(ball(x, y, radius, look.fruit[0], look.fruit[1]))
    for segment in range(9):
        painter.drawPie(
            QRectF(x - radius * 0.83, y - radius * 0.83, radius * 1.66, radius * 1.66),
            int(16 * (segment * 40 + 4 + x)),
            16 * 33,
        )
    disc(painter, x, y, radius * 0.1, QColor("#fff3d6"))


@dataclass(frozen=True)
class _Garden:
    ground: tuple[tuple[float, str], ...]
    petals: tuple[tuple[str, str], ...]
    stem: str
    mode: Mode
    alpha: float


def glass_garden(painter: QPainter, chance: random.Random) -> None:
    """Flowers of coloured glass in the first light."""
    petals = (
        ("#ff6f91", "#ffc371"),
        ("#3ec6e0", "#7b6cf6"),
        ("#ffb347", "#ff5f6d"),
        ("#7bdcb5", "#2a9d8f"),
        ("#c77dff", "#ff85a1"),
    )
    _garden(
        painter,
        chance,
        _Garden(
            ((0, "#fff3e6"), (0.6, "#ffe0dc"), (1, "#e6dcff")),
            petals,
            "#3a8f7d",
            Mode.CompositionMode_Multiply,
            0.62,
        ),
    )


def glass_garden_rain(painter: QPainter, chance: random.Random) -> None:
    """The same garden through a wet pane at night."""
    petals = (
        ("#ff4f81", "#ffb36b"),
        ("#38d0ff", "#5f6bff"),
        ("#ffa24d", "#ff4f5e"),
        ("#5fe0b0", "#1f8f8a"),
        ("#b86bff", "#ff6fa8"),
    )
    _garden(
        painter,
        chance,
        _Garden(
            ((0, "#071a26"), (0.6, "#0d2f3f"), (1, "#123a46")),
            petals,
            "#2f7f78",
            Mode.CompositionMode_Screen,
            0.55,
        ),
    )
    for _ in range(70):
        x, y, fall = chance.uniform(0, SIZE), chance.uniform(-80, SIZE), chance.uniform(40, 150)
        line(painter, x, y, x - fall * 0.06, y + fall, pen("#d8f4ff", 1.6, 0.22))
    for _ in range(120):
        _drop(painter, chance.uniform(0, SIZE), chance.uniform(0, SIZE), 2 + chance.expovariate(0.22))


def _garden(painter: QPainter, chance: random.Random, look: _Garden) -> None:
    sky(painter, *look.ground)
    flowers = (
        (384, 290, 210, 9),
        (150, 420, 140, 7),
        (620, 470, 165, 8),
        (140, 130, 105, 6),
        (640, 140, 118, 7),
        (330, 590, 110, 6),
        (500, 660, 78, 6),
    )
    painter.setCompositionMode(look.mode)
    for x, y, radius, _petals in flowers:
        stem = QPainterPath(QPointF(x, y + radius * 0.9))
        stem.quadTo(x, (y + SIZE) / 2, 384 + (x - 384) * 0.5, SIZE + 20)
        painter.strokePath(stem, pen(look.stem, 5, 0.45))
    for number, (x, y, radius, petals) in enumerate(flowers):
        _flower(painter, x, y, radius, petals, look, look.petals[number % 5], chance.uniform(0, 360))
    painter.setCompositionMode(Mode.CompositionMode_SourceOver)


def _flower(
    painter: QPainter,
    x: float,
    y: float,
    radius: float,
    petals: int,
    look: _Garden,
    tones: tuple[str, str],
    turn: float,
) -> None:
    for ring, length in ((0, radius), (1, radius * 0.66)):
        for petal in range(petals):
            painter.save()
            painter.translate(x, y)
            painter.rotate(turn + 360 * (petal + 0.5 * ring) / petals)
            glass = QLinearGradient(0, 0, length, 0)
            glass.setColorAt(0, colour(tones[1 - ring], look.alpha))
            glass.setColorAt(1, colour(tones[ring], look.alpha * 0.75))
            shape = QPainterPath(QPointF(0, 0))
            shape.cubicTo(length * 0.35, -length * 0.52, length, -length * 0.42, length, 0)
            shape.cubicTo(length, length * 0.42, length * 0.35, length * 0.52, 0, 0)
            painter.fillPath(shape, QBrush(glass))
            painter.strokePath(shape, pen("#ffffff", 1.4, 0.5))
            painter.restore()
    disc(painter, x, y, radius * 0.13, QColor("#ffe9a8"))


def _drop(painter: QPainter, x: float, y: float, radius: float) -> None:
    water = QRadialGradient(x, y + radius * 0.3, radius)
    for place, alpha in ((0, 0.30), (0.7, 0.10), (0.95, 0.45), (1, 0.0)):
        water.setColorAt(place, colour("#e9fbff", alpha))
    disc(painter, x, y, radius, QBrush(water))
    disc(painter, x - radius * 0.3, y - radius * 0.35, radius * 0.22, colour("#ffffff", 0.85))
