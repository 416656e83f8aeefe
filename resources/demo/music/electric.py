"""Songs for synthesisers and electric pianos: lo-fi, synthwave, ambient, house."""

from __future__ import annotations

import music.sounds as s
from music.band import Desk, bars


def paper_lanterns(desk: Desk) -> None:
    """Lo-fi: a lazy electric piano over brushed drums and an old record."""
    desk.drum(s.crackle, 0, 24, 36.0, 0.30, pan=0.1)
    for bar, chord in bars("Fmaj9 Em7 Dm9 Cmaj7 Fmaj9 Em7 Am7 Am7 Fmaj9 Em7 Dm9"):
        voicing = chord.voiced(55)
        for beat, gain in ((0, 0.17), (1.5, 0.11), (2.5, 0.13)):
            for place, note in enumerate(voicing):
                desk.play(
                    s.electric_piano, bar + beat + place * 0.02, note, 1.4, gain, pan=-0.3 + 0.2 * place
                )
        desk.play(s.round_bass, bar, chord.root(29), 1.3, 0.34)
        desk.play(s.round_bass, bar + 1.5, chord.root(29), 0.5, 0.24)
        desk.play(s.round_bass, bar + 2.5, chord.root(29) + 7, 1.2, 0.26)
        if bar >= 8:
            desk.pattern(s.kick, bar, "x....x..", 48, 0.35, 0.75)
            desk.pattern(s.snare, bar, "..x...x.", 185, 0.22, 0.20)
            desk.pattern(s.hat, bar, "xoxoxoxo", 1, 0.06, 0.10, pan=0.3)
    tune = """-:.5 E5:.5 D5:.5 C5:1 A4:1.5 | B4:.5 D5:1 B4:.5 G4:2
              -:.5 A4:.5 C5:.5 E5:1 D5:1.5 | C5:.5 B4:.5 G4:1 E4:2
              -:.5 E5:.5 D5:.5 C5:.5 D5:.5 E5:1.5 | D5:1 B4:.5 G4:2.5
              A4:.5 C5:.5 E5:1 D5:.5 C5:1.5 | B4:1.5 G4:2.5"""
    desk.tune(s.electric_piano, 8, tune, 0.30, pan=0.15, echo=0.22)
    for note in (53, 60, 64, 67, 69):
        desk.play(s.electric_piano, 44 + (note - 53) * 0.03, note, 3.5, 0.2)


def midnight_ferry(desk: Desk) -> None:
    """Synthwave: a rolling bass, a glittering arpeggio and a lead over dark water."""
    for bar, chord in bars("Am F C G Am F C G Am F Dm Em"):
        for note in chord.voiced(52):
            desk.wide(s.strings, bar, note, 4, 0.085)
        for eighth in range(16):
            desk.play(
                s.synth_bass, bar + eighth / 4, chord.root(33) + (12 if eighth % 4 == 2 else 0), 0.22, 0.20
            )
        if bar >= 8:
            desk.pattern(s.kick, bar, "x.x.x.x.", 46, 0.3, 0.8)
            desk.pattern(s.snare, bar, "..x...x.", 175, 0.3, 0.34)
            desk.pattern(s.hat, bar, ".x.x.x.x", 2, 0.08, 0.12, pan=-0.3)
        desk.arpeggio(s.square_pluck, bar, chord.voiced(60), "0123210301232103", 0.25, 0.075, echo=0.3)
    desk.tune(
        s.singing,
        16,
        "E5:1.5 D5:.5 C5:1 A4:1 | C5:3 A4:1 | G4:1.5 C5:.5 E5:1 G5:1 | D5:3 -:1",
        0.17,
        echo=0.3,
    )
    desk.tune(
        s.singing,
        32,
        "E5:1.5 D5:.5 C5:1 E5:1 | F5:2 E5:1 C5:1 | D5:1.5 F5:.5 E5:1 D5:1 | B4:4",
        0.18,
        echo=0.3,
    )
    for note in (45, 57, 60, 64):
        desk.wide(s.strings, 48, note, 2.5, 0.09)


def slow_tide(desk: Desk) -> None:
    """Ambient: pads that breathe like the sea, glass that glints on it."""
    for bar, chord in bars("Ebmaj9 Cm9 Abmaj9 Bbsus4 Ebmaj9 Abmaj9", 6):
        for note in (chord.root(39), *chord.voiced(55)):
            desk.wide(s.warm_pad, bar, note, 6, 0.12)
        desk.drum(s.brush, bar + 2, 5, 4.5, 0.05, pan=-0.6)
        desk.drum(s.brush, bar + 4.5, 6, 4.5, 0.05, pan=0.6)
        scale = chord.voiced(63)
        for place in range(5):
            note = scale[int(desk.chance() * len(scale))] + (12 if desk.chance() > 0.7 else 0)
            desk.play(
                s.glass,
                bar + place * 1.25 + 0.4 * desk.chance(),
                note,
                2.4,
                0.14,
                pan=desk.chance() - 0.5,
                echo=0.4,
            )
    for note in (51, 58, 63, 67, 70):
        desk.wide(s.warm_pad, 36, note, 2, 0.10)


def glass_garden(desk: Desk) -> None:
    """House at dawn: plucked glass over four on the floor."""
    _garden(desk, "x.x.x.x.", "..x...x.", 0.7)


def glass_garden_rain(desk: Desk) -> None:
    """The second take: a broken beat, rain on the panes."""
    desk.drum(s.crackle, 0, 160, 31.0, 0.25)
    _garden(desk, "x....x..", "..x....o", 0.6)


def _garden(desk: Desk, kick: str, snare: str, gain: float) -> None:
    for bar, chord in bars("Bm9 Gmaj7 Dadd9 A Bm9 Gmaj7 Em9 F#m7 Bm9 Gmaj7 Dadd9 A"):
        for note in chord.voiced(54):
            desk.wide(s.warm_pad, bar, note, 4, 0.08)
        if bar >= 8:
            desk.pattern(s.kick, bar, kick, 50, 0.3, gain)
            desk.pattern(s.snare, bar, snare, 190, 0.2, 0.16)
            desk.pattern(s.hat, bar, ".x.x.x.x", 4, 0.07, 0.14, pan=0.2)
        for beat in (0.5, 1.5, 2.5, 3.5):
            desk.play(s.synth_bass, bar + beat, chord.root(35), 0.4, 0.24)
        desk.arpeggio(s.synth_pluck, bar, chord.voiced(59), "0.2.1.302.1.3.2.", 0.25, 0.12, echo=0.42)
    desk.tune(
        s.glass,
        16,
        "F#5:3 D5:1 | B4:3 -:1 | E5:2 D5:1 B4:1 | C#5:4 | F#5:3 E5:1 | D5:3 B4:1 | A4:2 D5:1 E5:1 | C#5:4",
        0.24,
        echo=0.35,
    )
    for note in (47, 54, 59, 62, 66):
        desk.wide(s.warm_pad, 48, note, 2.5, 0.09)
