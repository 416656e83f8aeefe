"""Covers that look into the distance: a road over hills, a window on the north."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainter, QPainterPath, QRadialGradient

from pictures.paint import (
    SIZE,
    Mode,
    ball,
    box,
    colour,
    disc,
    glow,
    line,
    pen,
    ridge,
    rolling,
    sky,
    stars,
)


@dataclass(frozen=True)
class _Hills:
    sky: tuple[tuple[float, str], ...]
    light: tuple[float, float, float, str, str]
    tones: tuple[str, ...]
    road: str
    barley: tuple[str, ...]
    night: bool = False


def long_way_home(painter: QPainter, chance: random.Random) -> None:
    """A road through barley, the sun about to go."""
    look = _Hills(
        ((0, "#4f6f9f"), (0.35, "#e9a58a"), (0.62, "#ffd59a")),
        (500, 300, 84, "#fffbe0", "#ffdf8a"),
        ("#d98f78", "#b8705f", "#8c5a55", "#8a6b3e", "#c08a3a"),
        "#f6dcae",
        ("#f0c25a", "#d99b35", "#ffdf8f"),
    )
    _hills(painter, chance, look)


def long_way_home_alone(painter: QPainter, chance: random.Random) -> None:
    """The same road by moonlight; one window is still lit."""
    look = _Hills(
        ((0, "#0b1230"), (0.4, "#24386e"), (0.66, "#6f86b5")),
        (250, 180, 58, "#ffffff", "#dfe6ff"),
        ("#5b73a6", "#41588c", "#2c406f", "#1d2d54", "#152144"),
        "#a9bbe0",
        ("#31487c", "#4a659d", "#22355f"),
        night=True,
    )
    _hills(painter, chance, look)


def _hills(painter: QPainter, chance: random.Random, look: _Hills) -> None:
    sky(painter, *look.sky)
    if look.night:
        stars(painter, chance, 150, 380)
    x, y, radius, light, halo = look.light
    glow(painter, x, y, radius * 5, halo, 0.7)
    disc(painter, x, y, radius, QColor(light))
    crest = 0.0
    for place, (level, name) in enumerate(zip((385, 430, 480, 545, 640), look.tones, strict=True)):
        curve = rolling(level, 30, chance)
        tone = QLinearGradient(0, level - 40, 0, level + 220)
        tone.setColorAt(0, QColor(name))
        tone.setColorAt(1, QColor(name).darker(125))
        painter.fillPath(ridge(curve), QBrush(tone))
        if place == 1:
            _house(painter, 214, curve(214), look)
        if place == 2:
            crest = curve(440)
            _poplars(painter, curve(620), look.tones[3])
    _road(painter, look, crest)
    for _ in range(900):
        foot = SIZE + 20 - 190 * chance.random() ** 1.6
        x = chance.uniform(0, SIZE)
        if abs(x - _road_middle(foot)) > _road_half(foot) + 8:
            height = 16 + (foot - 570) * 0.28
            line(
                painter,
                x,
                foot,
                x + chance.uniform(-6, 14),
                foot - height,
                pen(chance.choice(look.barley), 2.2, 0.8),
            )


def _road_middle(y: float) -> float:
    way = (y - 450) / (SIZE - 450)
    return 400 + 96 * math.sin(way * 5.2 + 0.4) * (0.25 + way)


def _road_half(y: float) -> float:
    return 3 + 73 * math.pow(max((y - 450) / (SIZE - 450), 0), 1.6)


def _road(painter: QPainter, look: _Hills, crest: float) -> None:
    rows = range(int(crest), SIZE + 4, 3)
    left = [QPointF(_road_middle(y) - _road_half(y), y) for y in rows]
    right = [QPointF(_road_middle(y) + _road_half(y), y) for y in reversed(rows)]
    tone = QLinearGradient(0, crest, 0, SIZE)
    tone.setColorAt(0, QColor(look.road))
    tone.setColorAt(1, QColor(look.road).darker(118))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(tone))
    painter.drawPolygon(left + right)


def _poplars(painter: QPainter, foot: float, name: str) -> None:
    for x, height in ((570, 92), (594, 122), (620, 104), (648, 132), (674, 84)):
        tree = QPainterPath()
        tree.addEllipse(QPointF(x, foot - height / 2 + 14), 11, height / 2)
        painter.fillPath(tree, QColor(name).darker(120))


def _house(painter: QPainter, x: float, foot: float, look: _Hills) -> None:
    wall = QColor("#26345c" if look.night else "#fff1dc")
    box(painter, x - 26, foot - 30, 52, 40, wall)
    roof = QPainterPath(QPointF(x - 34, foot - 28))
    roof.lineTo(x, foot - 60)
    roof.lineTo(x + 34, foot - 28)
    painter.fillPath(roof, QColor("#141d3c" if look.night else "#a8503c"))
    box(painter, x - 7, foot - 18, 14, 14, QColor("#ffd873" if look.night else "#8a5a4a"))
    if look.night:
        glow(painter, x, foot - 11, 70, "#ffc860", 0.9)


def northern_window(painter: QPainter, chance: random.Random) -> None:
    """Northern lights behind the panes, a candle on the sill."""
    sky(painter, (0, "#061229"), (0.6, "#123a52"), (1, "#2a5a6a"))
    stars(painter, chance, 170, 480)
    for height, name, phase in ((330, "#3dffb0", 0.0), (270, "#4fd8ff", 1.7), (210, "#b06bff", 3.1)):
        _aurora(painter, height, name, phase)
    painter.fillPath(ridge(rolling(540, 20, chance)), QColor("#9fc4d2"))
    for _ in range(34):
        x, foot = chance.uniform(0, SIZE), chance.uniform(545, 590)
        _spruce(painter, x, foot, chance.uniform(70, 150))
    painter.fillPath(ridge(rolling(590, 12, chance)), QColor("#d9ebf2"))
    for _ in range(170):
        disc(
            painter,
            chance.uniform(0, SIZE),
            chance.uniform(0, 640),
            chance.uniform(1.2, 4.2),
            colour("#ffffff", chance.uniform(0.4, 0.95)),
        )
    _frame(painter)


def _aurora(painter: QPainter, level: float, name: str, phase: float) -> None:
    painter.save()
    painter.setCompositionMode(Mode.CompositionMode_Screen)
    for x in range(0, SIZE, 3):
        turn = x / SIZE * math.tau
        foot = level + 60 * math.sin(0.9 * turn + phase) + 16 * math.sin(3.1 * turn + phase)
        tall = 190 + 50 * math.sin(2.3 * turn + 2 * phase) + 24 * math.sin(17 * turn + phase)
        strength = 0.42 + 0.16 * math.sin(5.3 * turn + phase) + 0.10 * math.sin(23 * turn)
        curtain = QLinearGradient(0, foot - tall, 0, foot + 26)
        for place, alpha in ((0, 0.0), (0.55, 0.35), (0.88, 1.0), (1, 0.0)):
            curtain.setColorAt(place, colour(name, max(alpha * strength, 0)))
        painter.fillRect(QRectF(x, foot - tall, 3, tall + 26), curtain)
    painter.restore()


def _spruce(painter: QPainter, x: float, foot: float, height: float) -> None:
    for tier in range(4):
        top, half = foot - height + tier * height * 0.2, height * (0.13 + 0.07 * tier)
        for name, part in (("#12384a", 1.0), ("#dff0f6", 0.42)):
            branch = QPainterPath(QPointF(x, top))
            branch.lineTo(x + half * part, top + height * 0.36 * part)
            branch.lineTo(x - half * part, top + height * 0.36 * part)
            painter.fillPath(branch, QColor(name))


def _frame(painter: QPainter) -> None:
    wood, edge = QColor("#2b1a17"), QColor("#4a2e26")
    for x, y, width, height in (
        (0, 0, SIZE, 46),
        (0, 0, 46, SIZE),
        (SIZE - 46, 0, 46, SIZE),
        (367, 0, 34, 640),
        (0, 318, SIZE, 28),
        (0, 634, SIZE, 134),
    ):
        box(painter, x, y, width, height, wood)
    for x, y, width, height in ((46, 628, 676, 12), (367, 46, 4, 590), (46, 318, 676, 4)):
        box(painter, x, y, width, height, edge)
    for x, y in ((46, 628), (401, 628), (46, 318), (401, 318)):
        for corner in (x, x + 321):
            frost = QRadialGradient(corner, y, 120)
            frost.setColorAt(0, colour("#ffffff", 0.75))
            frost.setColorAt(1, colour("#ffffff", 0))
            painter.save()
            painter.setClipRect(QRectF(x, y - 276, 321, 276))
            disc(painter, corner, y, 120, QBrush(frost))
            painter.restore()
    box(painter, 550, 520, 44, 120, ball(566, 560, 60, "#fff6e0", "#e2b98a"), 6)
    box(painter, 528, 634, 88, 14, QColor("#8a5a35"), 7)
    flame = QPainterPath(QPointF(572, 452))
    flame.cubicTo(596, 490, 588, 514, 572, 514)
    flame.cubicTo(556, 514, 548, 490, 572, 452)
    painter.fillPath(flame, QColor("#fff0b0"))
    glow(painter, 572, 490, 330, "#ff9a3c", 0.8)
    glow(painter, 572, 488, 90, "#ffe9a0", 0.9)
