"""``python -m aimusic_desktop``."""

from __future__ import annotations

import sys

from aimusic_desktop.cli import main

if __name__ == "__main__":
    sys.exit(main())
