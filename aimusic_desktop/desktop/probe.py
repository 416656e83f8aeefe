"""What Qt can do here, tried in a process of its own: ``python -m aimusic_desktop.desktop.probe NAME``.

A missing system library can end a process that uses Qt without any exception, so the self-check
never does it in its own. Exits with 0 and says on stdout what works; else stderr ends with what is wrong.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path


def qt() -> str:
    """Whether PySide6 draws a widget."""
    import PySide6
    from PySide6.QtCore import qVersion
    from PySide6.QtWidgets import QApplication, QWidget

    if sys.version_info < (3, 12) and tuple(PySide6.__version_info__[:2]) >= (6, 12):
        raise SystemExit(f"PySide6 {PySide6.__version__} does not work with Python before 3.12")
    app = QApplication([])
    QWidget().grab()
    del app
    return f"PySide6 {PySide6.__version__}, Qt {qVersion()}"


def window() -> str:
    """Whether the libraries of the platform plugin for windows load; needs no display."""
    from PySide6 import QtWidgets  # noqa: F401  # brings Qt's own libraries in
    from PySide6.QtCore import QLibraryInfo

    folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath), "platforms")
    if sys.platform != "linux":
        return ", ".join(sorted(path.stem for path in folder.iterdir()))
    platform = "wayland" if os.environ.get("WAYLAND_DISPLAY") else "xcb"
    for plugin in sorted(folder.glob(f"libq{platform}*.so")):
        ctypes.CDLL(str(plugin))
    return f"the {platform} platform"


def sound() -> str:
    """Whether QtMultimedia loads and has a backend that plays."""
    from PySide6.QtCore import QCoreApplication
    from PySide6.QtMultimedia import QMediaFormat, QMediaPlayer

    app = QCoreApplication([])
    player = QMediaPlayer()
    formats = QMediaFormat().supportedFileFormats(QMediaFormat.ConversionMode.Decode)
    if not player.isAvailable() or not formats:
        raise SystemExit("QtMultimedia has no backend here")
    del player, app
    return f"QtMultimedia plays {len(formats)} file formats"


def device() -> str:
    """Which sound devices there are."""
    from PySide6.QtCore import QCoreApplication
    from PySide6.QtMultimedia import QMediaDevices

    app = QCoreApplication([])
    names = [device.description() for device in QMediaDevices.audioOutputs()]
    del app
    if not names:
        raise SystemExit("no sound device was found")
    return ", ".join(names)


def codec() -> str:
    """Whether AAC in an MPEG-4 file, what most songs are, can be decoded."""
    from PySide6.QtCore import QCoreApplication
    from PySide6.QtMultimedia import QMediaFormat

    app = QCoreApplication([])
    codecs = QMediaFormat(QMediaFormat.FileFormat.Mpeg4Audio).supportedAudioCodecs(
        QMediaFormat.ConversionMode.Decode
    )
    del app
    if QMediaFormat.AudioCodec.AAC not in codecs:
        raise SystemExit("AAC cannot be decoded")
    return "AAC is decoded"


def media_keys() -> str:
    """Whether media keys reach the program from everywhere."""
    from aimusic_desktop.desktop.media_controls import offered

    return offered()


PROBES: Mapping[str, Callable[[], str]] = {
    "qt": qt,
    "window": window,
    "sound": sound,
    "device": device,
    "codec": codec,
    "media_keys": media_keys,
}

if __name__ == "__main__":
    sys.stdout.write(PROBES[sys.argv[1]]() + "\n")
