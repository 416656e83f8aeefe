"""Makes the demo songs: plays each score, masters it with ffmpeg, writes ``songs/<key>.m4a``, for
those of producer also a small ``songs/<key>.mp3``.

Usage: python resources/demo/make_songs.py [KEY …]

Each song carries a steady, quiet sine of its own frequency (``tone_hz`` in songs.toml), so that a
recording can tell which one plays. ffmpeg is needed here only; the program just serves the files.
"""

from __future__ import annotations

import math
import random
import subprocess
import sys
import tempfile
import tomllib
import wave
from array import array
from pathlib import Path

from music.band import Desk
from music.scores import SCORES, Score
from music.sounds import RATE, Samples, shaped

HERE = Path(__file__).resolve().parent
AAC_FRAME = 1024
LOUDNESS = 0.125  # root mean square of a song; about -18 dBFS
TONE_LEVEL = 0.014  # amplitude of the tone; -37 dBFS
BIT_RATE = "104k"
SOLD_AS_MP3 = ("city-lights", "paper-lanterns", "midnight-ferry", "slow-tide")


def make(key: str, score: Score, tone_hz: float) -> Path:
    """Plays one song into its file and gives the path."""
    desk = Desk(score.seconds, score.bpm, swing=score.swing, transpose=score.transpose, seed=len(key))
    score.write(desk)
    # A whole number of AAC frames; the file's stated length counts one more, the encoder's own first one.
    count = int(score.seconds * RATE) // AAC_FRAME * AAC_FRAME
    left, right = (_fading(buffer[:count]) for buffer in (desk.left, desk.right))
    gain = LOUDNESS / math.sqrt(sum(map(math.prod, zip(left, left, strict=True))) / count)
    target = HERE / "songs" / f"{key}.m4a"
    target.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        dry, room = Path(folder, "dry.wav"), Path(folder, "room.wav")
        _write_wav(dry, [gain * v for v in left], [gain * v for v in right])
        _write_wav(room, *_room(score.room_s))
        _master(dry, room, target, score.wet, tone_hz, count)
    return target


def make_mp3(song: Path) -> None:
    """Encodes a song once more, as small as can be listened to."""
    command = ["ffmpeg", "-v", "error", "-y", "-i", str(song), "-ac", "1", "-ar", "16000", "-b:a", "16k"]
    command += ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"]
    subprocess.run([*command, str(song.with_suffix(".mp3"))], check=True)


def _fading(samples: Samples) -> Samples:
    return shaped(samples, 0.0, 1.6)


def _room(seconds: float) -> tuple[Samples, Samples]:
    """The echo of a room: noise that dies away and grows darker, another one for each ear."""
    sides = []
    for seed in (1, 2):
        noise, level, samples = random.Random(seed), 0.0, []
        for index in range(int(seconds * RATE)):
            second = index / RATE
            brightness = 0.55 * math.exp(-2.2 * second / seconds) + 0.05
            level += brightness * (noise.gauss(0, 1) - level)
            samples.append(level * math.exp(-6.0 * second / seconds) * min(second / 0.012, 1.0))
        energy = math.sqrt(sum(value * value for value in samples))
        sides.append([value / energy for value in samples])
    return sides[0], sides[1]


def _write_wav(path: Path, left: Samples, right: Samples) -> None:
    frames = array("h", bytes(4 * len(left)))
    for side, samples in enumerate((left, right)):
        frames[side::2] = array("h", (int(32_000 * math.tanh(value)) for value in samples))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(frames.tobytes())


def _master(dry: Path, room: Path, target: Path, wet: float, tone_hz: float, count: int) -> None:
    """Adds the room, makes a narrow gap for the tone and sets it in, limits, encodes."""
    graph = (
        "[0:a]apad,asplit[dry][send];[send]highpass=f=220[high];[high][1:a]afir=gtype=none[echo];"
        f"[dry][echo]amix=weights=1 {wet}:normalize=0:duration=first,"
        f"bandreject=f={tone_hz}:width_type=h:w=36,bandreject=f={tone_hz}:width_type=h:w=36,alimiter=limit=0.9[song];"
        f"aevalsrc=exprs='{TONE_LEVEL}*sin(2*PI*{tone_hz}*t)|{TONE_LEVEL}*sin(2*PI*{tone_hz}*t)':s={RATE},"
        f"afade=d=0.05,afade=t=out:st={count / RATE - 0.05}:d=0.05[tone];"
        f"[song][tone]amix=normalize=0:duration=first,atrim=end_sample={count}"
    )
    command = ["ffmpeg", "-v", "error", "-y", "-i", str(dry), "-i", str(room), "-filter_complex", graph]
    command += ["-c:a", "aac", "-b:a", BIT_RATE, "-ar", str(RATE), "-ac", "2", "-map_metadata", "-1"]
    command += ["-fflags", "+bitexact", "-flags:a", "+bitexact", "-movflags", "+faststart", str(target)]
    subprocess.run(command, check=True)


def main(keys: list[str]) -> None:
    songs = tomllib.loads((HERE / "songs.toml").read_text("utf-8"))
    for key in keys or SCORES:
        path = make(key, SCORES[key], songs[key]["tone_hz"])
        if key in SOLD_AS_MP3:
            make_mp3(path)
        print(f"{path.name}: {path.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main(sys.argv[1:])
