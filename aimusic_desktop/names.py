"""When two file names are one. Pure."""

from __future__ import annotations

import unicodedata


def name_key(name: str) -> str:
    """The same for all names that some file system takes for one: without letter case, composed."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())
