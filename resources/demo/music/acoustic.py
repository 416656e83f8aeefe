"""Songs for wood and strings: bossa nova, playful pop, a folk waltz, a music box."""

from __future__ import annotations

import music.sounds as s
from music.band import Desk, bars
from music.sounds import Instrument


def orange_grove(desk: Desk) -> None:
    """Bossa nova: nylon strings, an easy voice, shade and oranges."""
    _bossa(desk, s.singing, 0.20)


def orange_grove_evening(desk: Desk) -> None:
    """The second take, later in the day: lower, and the tune on a vibraphone."""
    _bossa(desk, s.celesta, 0.42)


def _bossa(desk: Desk, lead: Instrument, gain: float) -> None:
    for bar, chord in bars("Cmaj7 Cmaj7 Dm7 G7 Cmaj7 A7 Dm9 G7 Em7 A7 Dm7 G7 C6"):
        last = bar == 48
        for beat in (0,) if last else (0, 1, 2.5, 3.5):
            for place, note in enumerate(chord.voiced(55)):
                desk.play(s.nylon, bar + beat + 0.015 * place, note, 2.5 if last else 0.8, 0.2, pan=-0.25)
        desk.play(s.round_bass, bar, chord.root(33), 1.8, 0.36)
        if not last:
            desk.play(s.round_bass, bar + 2, chord.root(33) + (7 if chord.root(33) < 41 else -5), 1.8, 0.30)
            desk.pattern(s.brush, bar, "xoxoxoxo", 3, 0.11, 0.11, pan=0.4)
            desk.pattern(s.rim, bar, "x..x..x." if bar % 8 == 0 else "..x..x..", 820, 0.06, 0.16, pan=-0.35)
            desk.pattern(s.kick, bar, "x..ox..o", 52, 0.25, 0.35)
    tune = """E5:1.5 D5:.5 C5:1 B4:1 | G4:3 -:1 | F4:.5 A4:.5 C5:1 E5:1.5 D5:.5 | B4:2.5 -:.5 G4:1
              E5:1.5 D5:.5 C5:1 E5:1 | C#5:2 A4:1 C#5:1 | D5:1.5 E5:.5 F5:1 A4:1 | B4:2.5 -:1.5
              G5:1.5 F#5:.5 E5:1 B4:1 | C#5:2 E5:2 | F5:1.5 E5:.5 D5:1 A4:1 | B4:1 D5:1 F5:1 B4:1 | C5:3"""
    desk.tune(lead, 0, tune, gain, pan=0.2, echo=0.15)


def little_rocket(desk: Desk) -> None:
    """Playful pop: marimba countdown, lift-off, clapping."""
    _rocket(desk, s.marimba, s.square_pluck, 0.19)


def little_rocket_unplugged(desk: Desk) -> None:
    """The second take, slower: strings to pluck and a toy piano."""
    _rocket(desk, s.nylon, s.celesta, 0.34)


def _rocket(desk: Desk, rhythm: Instrument, lead: Instrument, gain: float) -> None:
    for bar, chord in bars("G D Em C G D C D G D Em C Am7 D"):
        desk.arpeggio(rhythm, bar, chord.voiced(55), "02132413", 0.5, 0.28)
        desk.play(s.round_bass, bar, chord.root(31), 0.9, 0.34)
        desk.play(s.round_bass, bar + 1.5, chord.root(31), 0.4, 0.26)
        desk.play(s.round_bass, bar + 2, chord.root(31) + 12, 0.9, 0.26)
        desk.play(s.round_bass, bar + 3, chord.root(31) + 7, 0.9, 0.28)
        if bar >= 8:
            desk.pattern(s.kick, bar, "x.x.x.x.", 55, 0.25, 0.6)
            desk.pattern(s.snare, bar, "..x...xo", 210, 0.18, 0.20)
            desk.pattern(s.brush, bar, "oxoxoxox", 7, 0.08, 0.12, pan=0.4)
    rise = "D5:.5 D5:.5 B4:.5 D5:1 E5:.5 D5:1 | A4:.5 B4:.5 A4:.5 F#4:1 A4:1.5"
    desk.tune(lead, 16, rise + "| C5:.5 E5:.5 G5:1 E5:.5 D5:.5 C5:1 | E5:1 D5:.5 C5:.5 A4:2", gain, echo=0.2)
    desk.tune(lead, 32, rise + "| G4:.5 B4:.5 E5:1 D5:.5 B4:.5 G4:1 | A4:.5 G4:.5 E4:1 G4:2", gain, echo=0.2)
    desk.tune(lead, 48, "C5:1 E5:.5 G5:1 E5:.5 C5:1 | F#5:1 E5:1 D5:2 | G5:2", gain, echo=0.2)
    for note in (43, 55, 59, 62, 67):
        desk.play(rhythm, 56, note, 2, 0.3)


def long_way_home(desk: Desk) -> None:
    """A folk waltz: steel strings and an accordion on the road at dusk."""
    _waltz(desk, s.steel, s.reed, 0.15)


def long_way_home_alone(desk: Desk) -> None:
    """The second take: only a piano, and strings far away."""
    _waltz(desk, s.piano, s.singing, 0.17)


def _waltz(desk: Desk, accompaniment: Instrument, lead: Instrument, gain: float) -> None:
    for bar, chord in bars("C Am F G C Am Dm G F C/E Am F C/G G C", 3):
        low, notes = chord.root(40), chord.voiced(55)
        desk.play(accompaniment, bar, low, 2.8, 0.34)
        if bar < 42:
            desk.arpeggio(accompaniment, bar + 0.5, notes, "01210", 0.5, 0.20)
        for note in notes:
            desk.wide(s.strings, bar, note, 3, 0.035 if bar < 24 else 0.06)
        desk.play(s.round_bass, bar, low - 12 if low > 43 else low, 2.2, 0.22)
    tune = """G4:1 C5:1 E5:1 | E5:1.5 D5:.5 C5:1 | A4:1 C5:1 F5:1 | D5:3
              G4:1 C5:1 E5:1 | C5:1.5 B4:.5 A4:1 | F4:1 A4:1 D5:1 | B4:3
              C5:1 A4:1 F5:1 | E5:2 C5:1 | C5:1 D5:1 E5:1 | F5:1.5 E5:.5 C5:1
              E5:2 C5:1 | D5:1 E5:1 B4:1 | C5:3"""
    desk.tune(lead, 0, tune, gain, pan=0.12, echo=0.12)


def northern_window(desk: Desk) -> None:
    """A music box on the sill while snow falls outside."""
    for bar, chord in bars("Am Em F C F C Dm E7 Am Em F C Dm E7 Am", 3):
        notes = chord.voiced(60)
        order = "021321" if bar < 42 else "0123"
        desk.arpeggio(s.celesta, bar, notes, order, 0.5, 0.17, echo=0.25)
        for note in (chord.root(45), *chord.voiced(52)):
            desk.wide(s.strings, bar, note, 3, 0.05)
        desk.play(s.felt_piano, bar, chord.root(33), 2.8, 0.22)
    tune = """E5:2 A4:1 | B4:2 G4:1 | A4:1 C5:1 F5:1 | E5:3
              A4:1 C5:1 F5:1 | E5:2 C5:1 | D5:1 F5:1 A4:1 | G#4:3
              E5:2 A4:1 | B4:2 E5:1 | F5:1 E5:1 C5:1 | G4:3
              F5:1.5 E5:.5 D5:1 | B4:1 G#4:1 B4:1 | A4:3"""
    desk.tune(s.glass, 0, tune, 0.22, pan=-0.1, echo=0.2)
