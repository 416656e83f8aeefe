"""Where the files that ship with the program lie."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent
_INSTALLED = _HERE / "_resources"
_CHECKOUT = _HERE.parent / "resources"


def asset(*parts: str) -> Path:
    """The path of a shipped file, e.g. ``asset("icons", "play.svg")``.

    A wheel carries them inside the package, a checkout beside it.
    """
    root = _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT
    return root.joinpath(*parts)
