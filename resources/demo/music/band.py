"""What a score is written with: notes and chords as text, and the mixing desk that plays them."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from music.sounds import RATE, Instrument, Samples

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_QUALITIES = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "7": (0, 4, 7, 10),
    "m7": (0, 3, 7, 10),
    "maj7": (0, 4, 7, 11),
    "6": (0, 4, 7, 9),
    "m9": (0, 3, 10, 14),
    "maj9": (0, 4, 11, 14),
    "add9": (0, 4, 7, 14),
    "sus4": (0, 5, 7),
}


def _pitch_class(name: str) -> int:
    return (_STEPS[name[0]] + name.count("#") - name[1:].count("b")) % 12


def midi(name: str) -> int:
    """``"A4"`` → 69."""
    return _pitch_class(name[:-1]) + 12 * (int(name[-1]) + 1)


def hertz(note: float) -> float:
    """The frequency of a MIDI note number."""
    return float(440 * 2 ** ((note - 69) / 12))


@dataclass(frozen=True)
class Chord:
    """Pitch classes (0 = C) of a chord and of its bass note."""

    bass: int
    tones: tuple[int, ...]

    def voiced(self, low: int) -> list[int]:
        """The tones within the octave that begins at MIDI note ``low``: neighbours share notes."""
        return sorted(low + (tone - low) % 12 for tone in self.tones)

    def root(self, low: int) -> int:
        """The bass note within the octave that begins at ``low``."""
        return low + (self.bass - low) % 12


def chords(text: str) -> list[Chord]:
    """``"D A/C# Bm7"`` → chords, one a bar."""
    return [_chord(name) for name in text.split()]


def bars(text: str, beats: int = 4) -> list[tuple[float, Chord]]:
    """``"Am F"`` → (beat at which its bar begins, chord) of each; ``beats`` are those of a bar."""
    return [(float(bar * beats), chord) for bar, chord in enumerate(chords(text))]


def _chord(name: str) -> Chord:
    body, _, bass = name.partition("/")
    match = re.fullmatch(r"([A-G][#b]?)(.*)", body)
    assert match, name
    root = _pitch_class(match[1])
    tones = tuple((root + step) % 12 for step in _QUALITIES[match[2]])
    return Chord(_pitch_class(bass) if bass else root, tones)


def melody(text: str) -> Iterator[tuple[float, int, float]]:
    """``"A4:1 -:.5 C5:2"`` → (beat, MIDI note, beats) of each note; ``-`` rests, ``|`` is for the eye."""
    beat = 0.0
    for token in text.replace("|", " ").split():
        name, _, length = token.partition(":")
        if name != "-":
            yield beat, midi(name), float(length)
        beat += float(length)


@cache
def _sound(instrument: Instrument, freq: float, seconds: float) -> Samples:
    return instrument(freq, seconds)


class Desk:
    """Plays notes into two buffers. Times are beats; ``swing`` delays the offbeats."""

    def __init__(
        self, seconds: float, bpm: float, *, swing: float = 0.0, transpose: int = 0, seed: int = 1
    ) -> None:
        self.left: Samples = [0.0] * int(seconds * RATE)
        self.right: Samples = [0.0] * int(seconds * RATE)
        self._beat_s = 60 / bpm
        self._swing = swing
        self._transpose = transpose
        self._human = random.Random(seed)

    def play(
        self,
        instrument: Instrument,
        beat: float,
        note: float,
        beats: float,
        gain: float,
        *,
        pan: float = 0.0,
        echo: float = 0.0,
    ) -> None:
        """One note. ``pan`` is -1 (left) to 1; ``echo`` is the gain of the first of three repeats."""
        human = self._human
        seconds = round(beats * self._beat_s, 2)
        sound = _sound(instrument, hertz(note + self._transpose), seconds)
        start_s = self._swung(beat) * self._beat_s + human.uniform(0, 0.008)
        gain *= human.uniform(0.88, 1.06)
        self._mix(sound, start_s, gain, pan)
        for repeat in range(1, 4 if echo else 1):
            side = pan + (0.65 if repeat % 2 else -0.65)
            self._mix(sound, start_s + repeat * 0.75 * self._beat_s, gain * echo**repeat, side)

    def wide(self, instrument: Instrument, beat: float, note: float, beats: float, gain: float) -> None:
        """One note played twice, a few cents apart, on both sides: broad pads and strings."""
        self.play(instrument, beat, note - 0.03, beats, gain, pan=-0.8)
        self.play(instrument, beat, note + 0.03, beats, gain, pan=0.8)

    def drum(
        self,
        instrument: Instrument,
        beat: float,
        freq: float,
        seconds: float,
        gain: float,
        *,
        pan: float = 0.0,
    ) -> None:
        """One stroke of an instrument that is tuned in Hz and timed in seconds."""
        sound = _sound(instrument, freq, seconds)
        start_s = self._swung(beat) * self._beat_s + self._human.uniform(0, 0.006)
        self._mix(sound, start_s, gain * self._human.uniform(0.85, 1.05), pan)

    def arpeggio(
        self,
        instrument: Instrument,
        start: float,
        notes: Sequence[int],
        order: str,
        step: float,
        gain: float,
        echo: float = 0.0,
    ) -> None:
        """Plays ``notes`` one after the other by the digits of ``order``; a dot rests."""
        for place, digit in enumerate(order):
            if digit != ".":
                octave, which = divmod(int(digit), len(notes))
                pan = 0.35 if place % 2 == 0 else -0.35
                beat, note = start + place * step, notes[which] + 12 * octave
                self.play(instrument, beat, note, step * 1.6, gain, pan=pan, echo=echo)

    def tune(
        self,
        instrument: Instrument,
        start: float,
        text: str,
        gain: float,
        *,
        pan: float = 0.0,
        echo: float = 0.0,
    ) -> None:
        """Plays a melody that is written as text."""
        for beat, note, beats in melody(text):
            self.play(instrument, start + beat, note, beats, gain, pan=pan, echo=echo)

    def pattern(
        self,
        instrument: Instrument,
        bar: float,
        pattern: str,
        freq: float,
        seconds: float,
        gain: float,
        pan: float = 0.0,
    ) -> None:
        """One bar of drums in eighths: ``x`` strikes, ``o`` strikes softly, a dot rests."""
        for eighth, stroke in enumerate(pattern):
            if stroke != ".":
                self.drum(
                    instrument, bar + eighth / 2, freq, seconds, gain * (1 if stroke == "x" else 0.5), pan=pan
                )

    def chance(self) -> float:
        """A number from 0 to 1, the same one at every run."""
        return self._human.random()

    def _swung(self, beat: float) -> float:
        return beat + 0.5 * self._swing if beat % 1 == 0.5 else beat

    def _mix(self, sound: Samples, start_s: float, gain: float, pan: float) -> None:
        angle = (min(max(pan, -1.0), 1.0) + 1) * math.pi / 4
        start = int(start_s * RATE)
        for buffer, level in ((self.left, gain * math.cos(angle)), (self.right, gain * math.sin(angle))):
            window = buffer[start : start + len(sound)]
            buffer[start : start + len(window)] = [
                have + level * new for have, new in zip(window, sound, strict=False)
            ]
