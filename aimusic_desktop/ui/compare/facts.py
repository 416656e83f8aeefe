"""What tells two versions of a song apart, in words. Pure."""

from __future__ import annotations

import math

from aimusic_desktop.media.peaks import Peaks
from aimusic_desktop.model import Clip
from aimusic_desktop.ui import words

_HEARD_DB = 1.0
"""The least change of loudness that ears notice, and that is worth a word."""


def differences(clip: Clip, other: Clip, peaks: Peaks | None, gain: float) -> str:
    """``v5 · seed 1 · 3:05 · −9.8 dB · emotional pop``: what ``clip`` does not share with the other.

    Its loudness is there as soon as its ``peaks`` tell; ``gain`` is what it is played with. Clips that share
    everything are told apart by nothing, so everything is said.
    """
    own, others = _facts(clip), _facts(other)
    different = [fact if fact != shared else "" for fact, shared in zip(own, others, strict=True)]
    *short, style = different if any(different) else own
    return " · ".join(fact for fact in (*short, loudness(peaks, gain), style) if fact)


def loudness(peaks: Peaks | None, gain: float) -> str:
    """``−9.8 dB, turned down 4.2``; "" while it is unknown. ``gain`` is a linear factor, 1 at most."""
    if peaks is None or peaks.loudness_db is None:
        return ""
    said = f"{peaks.loudness_db:.1f} dB".replace("-", "−")
    softer_db = -20 * math.log10(gain) if gain > 0 else 0.0
    return f"{said}, turned down {softer_db:.1f}" if softer_db >= _HEARD_DB else said


def _facts(clip: Clip) -> tuple[str, str, str, str]:
    """The style last: it may be long."""
    seed = f"seed {clip.seed}" if clip.seed else ""
    return clip.model, seed, words.length(clip.duration_s), clip.style
