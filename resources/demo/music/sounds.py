"""The instruments of the demo songs: every sound is made here, from sines and noise.

An instrument takes a frequency in Hz and a length in seconds and gives mono samples around ±1 at
44.1 kHz. Pitched instruments are sums of decaying partials: high partials that die sooner are what
an ear takes for a closing filter, a felt hammer or a nylon string.
"""

from __future__ import annotations

import cmath
import math
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import accumulate, repeat
from operator import add, mul

RATE = 44_100

Samples = list[float]
Instrument = Callable[[float, float], Samples]
Partial = tuple[float, float, float]  # ratio to the note, amplitude, seconds to fall to 1/e


@dataclass(frozen=True)
class Voice:
    """A pitched instrument. ``spread`` are the detunings in cents of its sounding copies."""

    partials: tuple[Partial, ...]
    attack_s: float = 0.003
    release_s: float = 0.12
    spread: tuple[float, ...] = (0.0,)
    damping: float = 0.5  # how much sooner high notes die: decay scales with (220 Hz / note) ** damping

    def __call__(self, freq: float, seconds: float) -> Samples:
        count = int((seconds + self.release_s) * RATE)
        total: Iterable[complex] = repeat(0j, count)
        for cents in self.spread:
            for ratio, amplitude, decay_s in self.partials:
                pitch = freq * ratio * 2 ** (cents / 1200)
                if pitch < RATE * 0.4:
                    decay = decay_s * (220 / freq) ** self.damping
                    total = map(add, total, _turning(count, pitch, amplitude, decay))
        return shaped([value.imag for value in total], self.attack_s, self.release_s)


def _turning(count: int, freq: float, amplitude: float, decay_s: float) -> Iterable[complex]:
    turn = cmath.exp(complex(-1 / (decay_s * RATE), math.tau * freq / RATE))
    # A phase that depends on the frequency keeps the partials from starting in one sharp click.
    return accumulate(repeat(turn, count - 1), mul, initial=cmath.rect(amplitude, freq))


def shaped(samples: Samples, attack_s: float, release_s: float) -> Samples:
    """The samples with a rising start and a falling end (raised cosines)."""
    attack = min(int(attack_s * RATE), len(samples))
    release = min(int(release_s * RATE), len(samples))
    for index in range(attack):
        samples[index] *= 0.5 - 0.5 * math.cos(math.pi * index / attack)
    for index in range(release):
        samples[-1 - index] *= 0.5 - 0.5 * math.cos(math.pi * index / release)
    return samples


def _series(
    count: int, slope: float, decay_s: float, closing: float, comb: float = 0.0
) -> tuple[Partial, ...]:
    """Harmonics: the k-th is k**-slope loud, dies k**closing times sooner. ``comb``: where it is struck."""
    return tuple(
        (
            k * math.sqrt(1 + 0.0002 * k * k) if comb else float(k),
            k**-slope * (abs(math.sin(math.pi * k * comb)) if comb else 1.0),
            decay_s / k**closing,
        )
        for k in range(1, count + 1)
    )


_FOREVER = 60.0

piano = Voice(
    tuple((r, a * 0.75, d * 0.45) for r, a, d in _series(11, 1.5, 2.4, 0.65, 0.13))
    + tuple((r * 1.0006, a * 0.4, d * 1.7) for r, a, d in _series(5, 1.5, 2.4, 0.5, 0.13)),
    attack_s=0.004,
    release_s=0.35,
)
felt_piano = Voice(
    tuple((r, a * 2.0, d) for r, a, d in _series(7, 2.2, 1.9, 0.8, 0.17)), attack_s=0.009, release_s=0.4
)
electric_piano = Voice(
    ((1, 0.8, 1.6), (2, 0.16, 0.7), (3, 0.10, 0.35), (4, 0.04, 0.25), (7.02, 0.05, 0.09), (14.1, 0.03, 0.05)),
    attack_s=0.004,
    release_s=0.2,
    spread=(-2.0, 2.5),
)
nylon = Voice(
    tuple((r, a * 1.0, d) for r, a, d in _series(9, 1.25, 0.75, 0.9, 0.21)), attack_s=0.002, release_s=0.1
)
steel = Voice(
    tuple((r, a * 1.2, d) for r, a, d in _series(13, 1.0, 1.1, 0.75, 0.15)), attack_s=0.002, release_s=0.15
)
marimba = Voice(((1, 0.9, 0.42), (3.98, 0.22, 0.11), (9.6, 0.06, 0.04)), attack_s=0.002, release_s=0.08)
celesta = Voice(
    ((1, 0.7, 0.9), (2.0, 0.12, 0.5), (4.02, 0.22, 0.25), (8.1, 0.05, 0.1)), attack_s=0.002, release_s=0.3
)
glass = Voice(
    ((1, 0.6, 1.8), (2.76, 0.16, 0.9), (5.4, 0.06, 0.45)), attack_s=0.012, release_s=0.6, spread=(-3.0, 3.0)
)
reed = Voice(
    tuple((r, a * 0.42, d) for r, a, d in _series(9, 0.95, _FOREVER, 0.0)),
    attack_s=0.07,
    release_s=0.12,
    spread=(-5.0, 0.0, 6.0),
    damping=0.0,
)
strings = Voice(
    tuple((r, a * 0.26, d) for r, a, d in _series(8, 1.25, _FOREVER, 0.0)),
    attack_s=0.55,
    release_s=0.9,
    spread=(-9.0, -3.0, 4.0, 8.0),
    damping=0.0,
)
warm_pad = Voice(
    tuple((r, a * 0.30, d) for r, a, d in _series(5, 1.7, _FOREVER, 0.0)),
    attack_s=0.7,
    release_s=1.1,
    spread=(-7.0, 0.0, 7.0),
    damping=0.0,
)
synth_pluck = Voice(
    tuple((r, a * 0.75, d) for r, a, d in _series(12, 1.0, 0.5, 1.1)), release_s=0.08, spread=(-4.0, 4.0)
)
square_pluck = Voice(
    tuple((float(k), 1.15 / k, 0.45 / k**0.6) for k in range(1, 16, 2)), attack_s=0.004, release_s=0.06
)
round_bass = Voice(
    ((1, 0.62, 1.4), (2, 0.24, 0.5), (3, 0.11, 0.25), (4, 0.05, 0.12)),
    attack_s=0.008,
    release_s=0.07,
    damping=0.2,
)
synth_bass = Voice(
    tuple((r, a * 0.5, d) for r, a, d in _series(14, 0.9, 0.55, 0.85)),
    release_s=0.04,
    spread=(-5.0, 5.0),
    damping=0.2,
)


def singing(freq: float, seconds: float) -> Samples:
    """A soft wordless voice: vibrato that sets in late, a breath of noise."""
    count = int((seconds + 0.25) * RATE)
    noise = random.Random(int(freq * 10))
    phase, breath, samples = 0.0, 0.0, []
    for index in range(count):
        second = index / RATE
        vibrato = min(second / 0.6, 1.0) * 0.0055 * math.sin(math.tau * 5.1 * second)
        phase += math.tau * freq * (1 + vibrato) / RATE
        breath += 0.12 * (noise.uniform(-1, 1) - breath)
        tone = (
            math.sin(phase)
            + 0.34 * math.sin(2 * phase)
            + 0.16 * math.sin(3 * phase)
            + 0.05 * math.sin(4 * phase)
        )
        samples.append(0.9 * tone + 0.08 * breath)
    return shaped(samples, 0.09, 0.25)


def kick(freq: float, seconds: float) -> Samples:
    """A soft bass drum that falls to ``freq``."""
    phase, samples = 0.0, []
    for index in range(int(seconds * RATE)):
        second = index / RATE
        phase += math.tau * freq * (1 + 3.2 * math.exp(-second / 0.022)) / RATE
        samples.append(0.8 * math.sin(phase) * math.exp(-second / 0.16))
    return shaped(samples, 0.001, 0.05)


def snare(freq: float, seconds: float) -> Samples:
    """A snare: a drum's tone at ``freq`` under a burst of bright noise."""
    hiss = _hiss(int(seconds * RATE), 0.55, 3)
    return shaped(
        [
            0.8 * value * math.exp(-index / RATE / 0.085)
            + 0.6 * math.sin(math.tau * freq * index / RATE) * math.exp(-index / RATE / 0.05)
            for index, value in enumerate(hiss)
        ],
        0.001,
        0.03,
    )


def brush(freq: float, seconds: float) -> Samples:
    """A brush stroke or a shaker: noise that swells and falls; ``freq`` is not heard."""
    hiss = _hiss(int(seconds * RATE), 0.75, int(freq))
    return shaped([0.7 * value for value in hiss], seconds * 0.25, seconds * 0.7)


def hat(freq: float, seconds: float) -> Samples:
    """A cymbal: the brightest noise, dying within ``seconds``; ``freq`` is not heard."""
    hiss = _hiss(int(seconds * RATE), 0.97, int(freq))
    return shaped(
        [0.75 * value * math.exp(-4 * index / len(hiss)) for index, value in enumerate(hiss)], 0.001, 0.01
    )


def rim(freq: float, seconds: float) -> Samples:
    """A stick on the rim: two short, high, wooden tones."""
    return Voice(((1, 0.9, 0.02), (1.47, 0.7, 0.014)), attack_s=0.001, damping=0.0, release_s=0.02)(
        freq, seconds
    )


def crackle(freq: float, seconds: float) -> Samples:
    """An old record: sparse, dull ticks, about ``freq`` of them a second."""
    noise = random.Random(78)
    level, samples = 0.0, []
    for _ in range(int(seconds * RATE)):
        tick = noise.uniform(-1, 1) if noise.random() < freq / RATE else 0.0
        level += 0.35 * (tick - level)
        samples.append(level + 0.003 * noise.uniform(-1, 1))
    return shaped(samples, 0.5, 0.5)


def _hiss(count: int, brightness: float, seed: int) -> Samples:
    """Noise without its low end: the nearer ``brightness`` is to 1, the higher it begins."""
    noise = random.Random(seed)
    samples = [noise.uniform(-1, 1) for _ in range(count)]
    for _ in range(2):
        previous = level = 0.0
        for index, value in enumerate(samples):
            level = (1 - brightness) * level + value - previous
            previous = value
            samples[index] = level
    return samples
