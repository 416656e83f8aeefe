"""Paints the covers of the demo songs: ``covers/<key>.jpg`` beside this file, 768 × 768 pixels each.

Usage: python resources/demo/make_covers.py [KEY …]
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable
from pathlib import Path

from pictures import gardens, landscapes, rocket, waters
from pictures.paint import SIZE, grain
from PySide6.QtGui import QGuiApplication, QImage, QPainter

HERE = Path(__file__).resolve().parent
QUALITY = 85

Scene = Callable[[QPainter, random.Random], None]


COVERS: dict[str, Scene] = {
    "city-lights": waters.city_lights,
    "paper-lanterns": waters.paper_lanterns,
    "midnight-ferry": waters.midnight_ferry,
    "slow-tide": waters.slow_tide,
    "orange-grove": gardens.orange_grove,
    "orange-grove-evening": gardens.orange_grove_evening,
    "little-rocket": rocket.little_rocket,
    "little-rocket-unplugged": rocket.little_rocket_unplugged,
    "long-way-home": landscapes.long_way_home,
    "long-way-home-alone": landscapes.long_way_home_alone,
    "northern-window": landscapes.northern_window,
    "glass-garden": gardens.glass_garden,
    "glass-garden-rain": gardens.glass_garden_rain,
}


def paint(key: str) -> Path:
    """Paints one cover into its file and gives the path."""
    image = QImage(SIZE, SIZE, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    COVERS[key](painter, random.Random(key))
    grain(painter)
    painter.end()
    target = HERE / "covers" / f"{key}.jpg"
    target.parent.mkdir(exist_ok=True)
    if not image.save(str(target), quality=QUALITY):
        raise OSError(f"cannot write {target}")
    return target


def main(keys: list[str]) -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QGuiApplication([])
    for key in keys or COVERS:
        path = paint(key)
        print(f"{path.name}: {path.stat().st_size / 1e3:.0f} kB")
    application.quit()


if __name__ == "__main__":
    main(sys.argv[1:])
