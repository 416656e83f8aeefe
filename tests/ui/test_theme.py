"""Icons follow the palette and the scale; secondary text stays readable."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from aimusic_desktop.assets import asset
from aimusic_desktop.ui import theme

LIGHT = QPalette(QColor("#efefef"))
DARK = QPalette(QColor("#2b2b2e"), QColor("#242427"))
DARK.setColor(QPalette.ColorRole.Base, QColor("#1c1c1f"))


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("tone", [theme.muted_text, theme.error_text, theme.good_text, theme.accent_text])
def test_every_tone_can_be_read_on_the_ground_of_the_list(
    palette: QPalette, tone: object, qapp: QApplication
) -> None:
    color = tone(palette)  # type: ignore[operator]
    assert theme.contrast(color, palette.color(QPalette.ColorRole.Base)) >= theme.READABLE


def test_contrast_is_that_of_the_standard() -> None:
    assert theme.contrast(QColor("black"), QColor("white")) == pytest.approx(21.0)
    assert theme.contrast(QColor("#767676"), QColor("white")) == pytest.approx(4.54, abs=0.01)


def strongest(icon: QIcon) -> QColor:
    image = icon.pixmap(QSize(24, 24), 1.0).toImage()
    points = [image.pixelColor(x, y) for x in range(24) for y in range(24)]
    return max(points, key=lambda color: color.alpha())


def test_an_icon_takes_the_text_colour_of_the_moment(qapp: QApplication) -> None:
    before = QGuiApplication.palette()
    try:
        for palette in (LIGHT, DARK):
            QGuiApplication.setPalette(palette)
            assert strongest(theme.icon("play")).rgb() == palette.color(QPalette.ColorRole.ButtonText).rgb()
    finally:
        QGuiApplication.setPalette(before)


def test_an_icon_has_all_its_pixels_on_a_dense_screen(qapp: QApplication) -> None:
    pixmap = theme.icon("play").pixmap(QSize(24, 24), 2.0)
    assert (pixmap.size(), pixmap.devicePixelRatio()) == (QSize(48, 48), 2.0)


def test_every_icon_the_window_names_exists(qapp: QApplication) -> None:
    from aimusic_desktop.ui.actions import SPECS

    named = {spec.icon for spec in SPECS.values() if spec.icon}
    assert {name for name in named if not asset("icons", f"{name}.svg").is_file()} == set()
