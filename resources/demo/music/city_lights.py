"""The score of "City Lights": emotional pop with gentle piano, three minutes and five seconds."""

from __future__ import annotations

import music.sounds as s
from music.band import Chord, Desk, chords, melody

_FORM = (
    ("intro", "D A/C# Bm7 Gmaj7"),
    ("verse", "D A/C# Bm7 Gmaj7 D A/C# Bm7 Gadd9"),
    ("pre", "Em7 F#m7 G A"),
    ("chorus", "G A F#m Bm7 G A D Dadd9"),
    ("verse", "D A/C# Bm7 Gmaj7 D A/C# Bm7 Gadd9"),
    ("chorus", "G A F#m Bm7 G A D Dadd9"),
    ("bridge", "Bm7 G D A"),
    ("chorus", "G A F#m Bm7 G A D Dadd9"),
    ("outro", "Gmaj7 D"),
)

_TUNES = {
    "verse": """F#4:.5 A4:.5 D5:2 -:1 | C#5:.5 B4:.5 A4:2 -:1
                D5:.5 B4:.5 F#4:1.5 A4:.5 B4:1 | A4:.5 G4:.5 D4:2 -:1
                F#4:.5 A4:.5 D5:1.5 E5:.5 F#5:1 | E5:1 C#5:1 A4:2
                D5:1 C#5:.5 B4:.5 F#4:2 | G4:1 A4:1 B4:1 -:1""",
    "pre": "G4:.5 A4:.5 B4:1 D5:2 | C#5:.5 D5:.5 C#5:1 A4:2 | B4:.5 C#5:.5 D5:1 G5:1 F#5:1 | E5:3 -:1",
    "chorus": """B4:1 D5:1 F#5:1.5 E5:.5 | E5:2 C#5:1 E5:1 | F#5:1.5 E5:.5 C#5:1 A4:1 | D5:3 -:1
                 B4:1 D5:1 F#5:1.5 G5:.5 | E5:1.5 F#5:.5 E5:1 C#5:1 | D5:3 E5:1 | D5:2 -:2""",
    "bridge": "F#5:2 D5:2 | B4:2 D5:2 | A4:2 F#4:1 A4:1 | E5:4",
}


def city_lights(desk: Desk) -> None:
    """Plays the whole song: each chorus is broader than the one before."""
    beat, choruses = 0.0, 0
    for section, names in _FORM:
        choruses += section == "chorus"
        for bar, chord in enumerate(chords(names)):
            _bar(desk, beat + bar * 4, chord, section, choruses)
        _sing(desk, beat, section, choruses)
        beat += 4 * len(chords(names))
    for place, note in enumerate((38, 50, 57, 62, 66, 69)):
        desk.play(s.piano, beat + 0.06 * place, note, 4, 0.22)
    for note in (50, 57, 62, 66):
        desk.wide(s.strings, beat, note, 3, 0.05)


def _bar(desk: Desk, bar: float, chord: Chord, section: str, choruses: int) -> None:
    full = section == "chorus"
    _piano(desk, bar, chord, full)
    if section in ("pre", "chorus", "bridge") or choruses:
        _strings(desk, bar, chord, 0.075 if full else 0.045)
    if full or section == "pre" or (section == "verse" and choruses):
        desk.play(s.round_bass, bar, chord.root(33), 2.4, 0.34)
        desk.play(s.round_bass, bar + 2.5, chord.root(33), 1.3, 0.26)
    if full or (section == "verse" and choruses):
        _drums(desk, bar, loud=full)


def _piano(desk: Desk, bar: float, chord: Chord, full: bool) -> None:
    """Broken chords below, held chords above: in a chorus they are struck again on the third beat."""
    low, notes = chord.root(40), chord.voiced(57)
    desk.play(s.piano, bar, low, 3.6, 0.30, pan=-0.2)
    if full:
        desk.play(s.piano, bar, low - 12, 3.6, 0.22, pan=-0.2)
    order = (0, 1, 2, 1, 0, 1, 2, 1) if len(notes) == 3 else (0, 1, 2, 3, 2, 1, 2, 1)
    for eighth, place in enumerate(order):
        gain = 0.20 if eighth % 4 == 0 else 0.145
        desk.play(s.piano, bar + eighth / 2, notes[place], 1.1, gain, pan=0.1 * place)
    if full:
        for note in notes:
            desk.play(s.piano, bar + 2, note, 1.8, 0.12, pan=0.2)


def _strings(desk: Desk, bar: float, chord: Chord, gain: float) -> None:
    for note in chord.voiced(54):
        desk.wide(s.strings, bar, note, 4, gain)


def _drums(desk: Desk, bar: float, *, loud: bool) -> None:
    gain = 1.0 if loud else 0.6
    for beat in (0, 2.5):
        desk.drum(s.kick, bar + beat, 47, 0.35, 0.62 * gain)
    for beat in (1, 3):
        desk.drum(s.snare if loud else s.rim, bar + beat, 180 if loud else 700, 0.28, 0.26 * gain)
    for eighth in range(8):
        desk.drum(s.brush, bar + eighth / 2, 3, 0.12, (0.10 if eighth % 2 else 0.06) * gain, pan=0.35)


def _sing(desk: Desk, start: float, section: str, choruses: int) -> None:
    for beat, note, beats in melody(_TUNES.get(section, "")):
        if section == "chorus":
            desk.play(s.singing, start + beat, note, beats, 0.17, echo=0.18)
            if choruses == 3:
                desk.wide(s.strings, start + beat, note, beats + 0.5, 0.05)
        else:
            desk.play(s.piano, start + beat, note, beats + 0.6, 0.34, pan=0.15, echo=0.10)
