"""What can go wrong with an exported file, each with its sentence for people."""

from __future__ import annotations

from pathlib import Path

from aimusic_desktop.errors import AppError


class ExchangeError(AppError):
    """A file could not be written or read; nothing was changed."""


def unreadable(path: Path, error: OSError) -> ExchangeError:
    """The words for an ``OSError`` met while reading ``path``."""
    return ExchangeError(f"“{path.name}” could not be read: {error.strerror or 'unknown reason'}.")


def unwritable(path: Path, error: OSError) -> ExchangeError:
    """The words for an ``OSError`` met while writing ``path``."""
    reason = error.strerror or "unknown reason"
    return ExchangeError(f"“{path.name}” could not be written: {reason}. Choose another place and try again.")
