"""Where things lie on disk. Imports nothing that the window would have to wait for."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

DEMO_KEPT_S = 24 * 3600.0

_APP_FOLDER = "aimusic-desktop"


def make_private(folder: Path) -> None:
    """Make a folder, and those that are missing above it, for nobody but this user. Raises OSError."""
    if not folder.parent.exists():
        make_private(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)


def holds(look: Callable[[], bool]) -> bool:
    """What a ``look`` at the disk gives, ``path.is_file`` say; False as well where that may not be known, or
    its disk is gone. Never raises OSError."""
    try:
        return look()
    except OSError:
        return False


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders of one user. Nothing is created until something is written."""

    data: Path
    cache: Path
    config: Path
    logs: Path

    @classmethod
    def default(cls) -> Paths:
        """``AIMUSIC_HOME`` holds everything if it is set; else the places the platform sets aside."""
        if home := os.environ.get("AIMUSIC_HOME"):
            return cls.under(Path(home))
        import platformdirs

        dirs = platformdirs.PlatformDirs(_APP_FOLDER, appauthor=False)
        return cls(dirs.user_data_path, dirs.user_cache_path, dirs.user_config_path, dirs.user_log_path)

    @classmethod
    def under(cls, home: Path) -> Paths:
        """One folder that holds everything."""
        home = home.expanduser().absolute()
        return cls(home, home / "cache", home, home / "logs")

    @property
    def database(self) -> Path:
        return self.data / "library.sqlite3"

    @property
    def settings_file(self) -> Path:
        return self.config / "settings.json"

    @property
    def audio(self) -> Path:
        return self.cache / "audio"

    @property
    def covers(self) -> Path:
        return self.cache / "covers"

    @property
    def staged(self) -> Path:
        return self.cache / "staged"

    @property
    def peaks(self) -> Path:
        """The shapes of songs, as waveforms show them."""
        return self.cache / "peaks"

    @property
    def runs(self) -> Path:
        """Where running programs say that they run."""
        return self.data / "runs"

    @property
    def log_file(self) -> Path:
        return self.logs / "aimusic-desktop.log"

    def demo(self) -> Paths:
        """Fresh private folders for one demo run, apart from the user's. Creates them; raises OSError."""
        import tempfile

        runs = self.data / "demo"
        make_private(runs)
        return Paths.under(Path(tempfile.mkdtemp(prefix=f"run-{os.getpid()}-", dir=runs)))

    def sweep_demo(self) -> None:
        """Remove the folders of demo runs in which nothing was written for a day."""
        import shutil

        oldest = time.time() - DEMO_KEPT_S
        for run in (self.data / "demo").glob("run-*"):
            with suppress(OSError):
                if max(path.stat().st_mtime for path in (run, *run.iterdir())) < oldest:
                    shutil.rmtree(run, ignore_errors=True)
