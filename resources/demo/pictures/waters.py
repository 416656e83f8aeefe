"""Covers with water in them: a wet street, a river, the sea by night and by day."""

from __future__ import annotations

import random

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainter, QPainterPath, QPolygonF, QRadialGradient

from pictures.paint import (
    SIZE,
    Mode,
    box,
    colour,
    disc,
    glow,
    line,
    pen,
    reflect,
    ridge,
    rolling,
    sky,
    stars,
)


def city_lights(painter: QPainter, chance: random.Random) -> None:
    """A skyline in the last light, doubled by a wet street, behind lights out of focus."""
    street = 590
    sky(
        painter,
        (0, "#0d1240"),
        (0.35, "#3a2273"),
        (0.62, "#a8386f"),
        (0.82, "#f4795b"),
        (1, "#ffd08a"),
        bottom=street,
    )
    stars(painter, chance, 60, 260)
    glow(painter, 400, street, 520, "#ff9a5c", 1.0)
    glow(painter, 400, street, 300, "#ffd9a0", 0.8)
    for depth, (name, lit, tallest) in enumerate(
        (("#a8456f", 0.0, 250), ("#5a2a6e", 0.25, 330), ("#1d1442", 0.36, 440))
    ):
        x = -20.0 - 10 * depth
        while x < SIZE:
            width = chance.uniform(38, 66) + 14 * depth
            dip = 0.34 + 0.66 * (abs(x + width / 2 - SIZE / 2) / (SIZE / 2)) ** 1.2
            _tower(painter, x, street, width, tallest * dip * chance.uniform(0.55, 1.0), name, lit, chance)
            x += width + chance.uniform(0, 10 * depth + 2)
    reflect(painter, street, 1.0)
    for _ in range(70):
        x, y = chance.uniform(0, SIZE), chance.uniform(street + 6, SIZE)
        line(
            painter,
            x,
            y,
            x + chance.uniform(20, 120),
            y,
            pen(chance.choice(("#1d1442", "#ff9a5c", "#ffd9a0")), 1.8, 0.22),
        )
    sky_tint = QLinearGradient(0, street, 0, SIZE)
    sky_tint.setColorAt(0, colour("#3a1a55", 0.35))
    sky_tint.setColorAt(1, colour("#120c33", 0.75))
    painter.fillRect(QRectF(0, street, SIZE, SIZE - street), sky_tint)
    for x in range(-6, SIZE, 17):
        glow(
            painter,
            x + chance.uniform(-5, 5),
            street + 3,
            chance.uniform(10, 24),
            chance.choice(("#ffd08a", "#ff8a5c", "#ffffff")),
            0.9,
        )
    for _ in range(30):
        name = chance.choice(("#ffb347", "#ff6f4f", "#ff3f8f", "#3fb8ff", "#ffc96b"))
        _bokeh(painter, chance.uniform(-10, SIZE), chance.gauss(668, 52), chance.uniform(12, 54), name)


def _tower(
    painter: QPainter,
    x: float,
    foot: float,
    width: float,
    height: float,
    name: str,
    lit: float,
    chance: random.Random,
) -> None:
    box(painter, x, foot - height, width, height, QColor(name))
    if chance.random() < 0.3:
        line(painter, x + width / 2, foot - height, x + width / 2, foot - height - 34, pen(name, 3))
    for row in range(int(height / 17) - 1):
        for column in range(int((width - 8) / 13)):
            if chance.random() < lit:
                pane = chance.choice(("#ffd98f", "#ffbf69", "#fff0c9", "#9fdcff"))
                box(
                    painter,
                    x + 7 + column * 13,
                    foot - height + 10 + row * 17,
                    6.5,
                    9,
                    colour(pane, chance.uniform(0.6, 1)),
                )


def _bokeh(painter: QPainter, x: float, y: float, radius: float, name: str) -> None:
    painter.save()
    painter.setCompositionMode(Mode.CompositionMode_Screen)
    gradient = QRadialGradient(x, y, radius)
    for place, alpha in ((0, 0.38), (0.85, 0.46), (0.95, 0.75), (1, 0.0)):
        gradient.setColorAt(place, colour(name, alpha))
    disc(painter, x, y, radius, QBrush(gradient))
    painter.restore()


_LANTERNS = (
    *(
        (150.0, 470.0, 0.34),
        (330.0, 420.0, 0.38),
        (520.0, 480.0, 0.32),
        (655.0, 400.0, 0.42),
        (90.0, 320.0, 0.55),
    ),
    *(
        (440.0, 290.0, 0.62),
        (640.0, 190.0, 0.80),
        (250.0, 170.0, 1.25),
        (520.0, 90.0, 0.50),
        (60.0, 110.0, 0.45),
    ),
)


def paper_lanterns(painter: QPainter, chance: random.Random) -> None:
    """Lanterns rising over a river at dusk."""
    river = 560
    sky(
        painter,
        (0, "#0d1f45"),
        (0.4, "#24506f"),
        (0.62, "#8a6f83"),
        (0.78, "#e8997a"),
        (0.92, "#fbd39c"),
        bottom=river,
    )
    stars(painter, chance, 50, 240)
    for level, swell, name in ((462, 40, "#4a7076"), (505, 30, "#27535f"), (540, 14, "#123445")):
        painter.fillPath(ridge(rolling(level, swell, chance), river), QColor(name))
    for x, y, size in _LANTERNS:
        _lantern(painter, x, y, size)
    reflect(painter, river, 0.95)
    painter.fillRect(QRectF(0, river, SIZE, SIZE - river), colour("#0c2340", 0.45))
    for _ in range(90):
        y = chance.uniform(river + 4, SIZE)
        x, half = chance.uniform(0, SIZE), 10 + (y - river) * 0.4 * chance.random()
        line(
            painter, x - half, y, x + half, y, pen(chance.choice(("#ffcf94", "#0c2340", "#5fa0a8")), 2, 0.28)
        )


def _lantern(painter: QPainter, x: float, y: float, size: float) -> None:
    glow(painter, x, y, 40 + 230 * size, "#ffa24d", 0.6)
    width, height = 92 * size, 116 * size
    body = QPainterPath()
    body.addRoundedRect(QRectF(x - width / 2, y - height / 2, width, height), width * 0.46, height * 0.36)
    light = QRadialGradient(x, y + height * 0.18, height * 0.75)
    for place, name in ((0, "#fff6d5"), (0.45, "#ffc765"), (1, "#e2592f")):
        light.setColorAt(place, QColor(name))
    painter.fillPath(body, QBrush(light))
    painter.save()
    painter.setClipPath(body)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen("#a83a1c", 1.6 * size, 0.5))
    for bend in (-0.62, -0.22, 0.22, 0.62):
        painter.drawEllipse(QPointF(x, y), abs(bend) * width / 2, height / 2)
    for rung in (-0.3, -0.1, 0.1, 0.3):
        line(
            painter,
            x - width,
            y + rung * height,
            x + width,
            y + rung * height,
            pen("#a83a1c", 1.2 * size, 0.35),
        )
    painter.restore()
    for edge in (-1, 1):
        box(
            painter,
            x - width * 0.26,
            y + edge * height / 2 - 4 * size,
            width * 0.52,
            8 * size,
            QColor("#4a1d14"),
            3 * size,
        )


def midnight_ferry(painter: QPainter, chance: random.Random) -> None:
    """A ferry crossing in front of a moon that sets in slices."""
    sea = 500
    sky(painter, (0, "#060a2b"), (0.55, "#2a176b"), (1, "#c93a94"), bottom=sea)
    stars(painter, chance, 130, 380)
    glow(painter, 384, 330, 420, "#ff5aa8", 0.55)
    moon = QLinearGradient(0, 110, 0, 500)
    for place, name in ((0, "#fff2b0"), (0.5, "#ff9a6b"), (1, "#ff3f9b")):
        moon.setColorAt(place, QColor(name))
    face = QPainterPath()
    face.addEllipse(QPointF(384, 310), 205, 205)
    for strip in range(6):
        slit = QPainterPath()
        slit.addRect(QRectF(0, 345 + strip * 27, SIZE, 3 + strip * 2.1))
        face = face.subtracted(slit)
    painter.fillPath(face, QBrush(moon))
    sky(painter, (0, "#5c1f80"), (0.25, "#1c1457"), (1, "#05071f"), top=sea)
    for row in range(34):
        y = sea + 8 + row * 7.6
        reach = 200 - row * 1.5
        for _ in range(4):
            x, half = 384 + chance.gauss(0, reach * 0.45), chance.uniform(8, 44) * (1 + row / 30)
            line(
                painter,
                x - half,
                y,
                x + half,
                y,
                pen(chance.choice(("#ff6bb0", "#ffb27a", "#7f6bff")), 2.4, 0.75 - row * 0.015),
            )
    _ferry(painter, 392, sea + 24)


def _ferry(painter: QPainter, x: float, y: float) -> None:
    dark = QColor("#090b2b")
    hull = QPolygonF([QPointF(x + dx, y + dy) for dx, dy in ((-210, -46), (228, -46), (188, 8), (-176, 8))])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(dark)
    painter.drawPolygon(hull)
    for left, top, width, height in (
        (-168, -84, 330, 40),
        (-130, -118, 236, 36),
        (-96, -144, 96, 28),
        (36, -172, 44, 56),
    ):
        box(painter, x + left, y + top, width, height, dark, 5)
    box(painter, x + 36, y - 160, 44, 12, QColor("#ff4f9f"))
    line(painter, x - 60, y - 140, x - 60, y - 200, pen("#090b2b", 4))
    for left, top, count in ((-152, -72, 15), (-114, -106, 10), (-84, -136, 4)):
        for place in range(count):
            box(painter, x + left + place * 21, y + top, 12, 11, QColor("#ffe0a0"), 3)
    line(painter, x - 190, y - 28, x + 205, y - 28, pen("#ff4f9f", 3, 0.9))


_TIDE = ("#d9c9a4", "#b5cdb4", "#86c5bb", "#55b3b6", "#2f99a8", "#1b7c93", "#125f7b", "#0d4562", "#0a304b")


def slow_tide(painter: QPainter, chance: random.Random) -> None:
    """A shore from high above: one wave after another thins out on the sand."""
    sky(painter, (0, "#f6e3c5"), (1, "#e9c79c"))
    painter.translate(SIZE / 2, SIZE / 2)
    painter.rotate(-17)
    painter.scale(1.3, 1.3)
    painter.translate(-SIZE / 2, -SIZE / 2)
    for place, name in enumerate(_TIDE):
        curve = rolling(200 + place * 58, 30 + 3 * place, chance)
        shore = ridge(curve)
        for lift, alpha in ((-26, 0.10), (-14, 0.16)):
            painter.fillPath(shore.translated(0, lift), colour("#ffffff", alpha))
        painter.fillPath(shore, QColor(name))
        for _ in range(420):
            x = chance.uniform(0, SIZE)
            y = curve(x) + chance.expovariate(0.14) * (1 + 0.1 * place)
            disc(painter, x, y, chance.uniform(0.6, 2.8), colour("#ffffff", chance.uniform(0.15, 0.6)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.strokePath(shore, pen("#ffffff", 5.5 - place * 0.35, 0.92 - place * 0.06))
    painter.resetTransform()
