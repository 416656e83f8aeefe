"""How the program was started. Imports nothing that the window would have to wait for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from aimusic_desktop.paths import Paths


@dataclass(frozen=True, slots=True)
class Options:
    """The command line's global options. ``home`` and ``api_url`` are None where the defaults are wanted."""

    demo: bool = False
    home: Path | None = None
    api_url: str | None = None

    @property
    def paths(self) -> Paths:
        """The user's folders; a demo run has its own below them."""
        return Paths.under(self.home) if self.home else Paths.default()


def remembered_geometry(options: Options) -> str:
    """The window's geometry of last time, base64, or "" if there is none: all of the settings that is
    wanted before the window shows."""
    if options.demo:
        return ""
    try:
        geometry = json.loads(options.paths.settings_file.read_bytes())["window"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return ""
    return geometry if isinstance(geometry, str) and geometry.isascii() else ""
