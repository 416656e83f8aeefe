"""How loud a song is as a whole, in a ReplayGain-like measure: RMS of what is not silence.

The gates are those of EBU R128 (ITU-R BS.1770): blocks of 400 ms, every 100 ms; what is below −70 dB is no
music, and what is 10 dB below the rest is a pause. There is no K-weighting: filtering every sample takes a
compiled library, and between two takes of one song it changes next to nothing.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Sequence

MOST_DB = 12.0
"""No song is turned down by more than this."""

BINS_PER_BLOCK = 8
"""Of 50 ms each."""

BINS_PER_STEP = 2

_ABSOLUTE_GATE = 10.0**-7  # −70 dB
_RELATIVE_GATE = 0.1  # −10 dB


def loudness_db(powers: Sequence[int], full: int) -> float | None:
    """The loudness in dB below full scale (RMS), or None for silence.

    ``powers`` holds, for every 50 ms, the mean of the squared samples; ``full`` is what that is at most.
    """
    heard = [power for power in _blocks(powers, full) if power > _ABSOLUTE_GATE]
    if not heard:
        return None
    gate = _mean(heard) * _RELATIVE_GATE
    return 10 * math.log10(_mean([power for power in heard if power > gate]))


def equal_gains(one_db: float, other_db: float) -> tuple[float, float]:
    """The linear factors that make two songs equally loud: the louder is turned down, neither up."""
    louder_by = max(-MOST_DB, min(one_db - other_db, MOST_DB))
    return 10 ** (min(0.0, -louder_by) / 20), 10 ** (min(0.0, louder_by) / 20)


def _blocks(powers: Sequence[int], full: int) -> Iterator[float]:
    """The mean power of each block, 1 being full scale; a song shorter than a block is one."""
    sums = array("q", [0])  # whole numbers: differences of long sums stay exact
    for power in powers:  # and a loop of Python's own, which other threads can interrupt
        sums.append(sums[-1] + power)
    length = min(BINS_PER_BLOCK, len(powers))
    for start in range(0, len(powers) - length + 1, BINS_PER_STEP) if length else ():
        yield (sums[start + length] - sums[start]) / (length * full)


def _mean(powers: Sequence[float]) -> float:
    return math.fsum(powers) / len(powers)
