"""What comes out of the loudspeakers: recorded from a real sound server."""

from __future__ import annotations

import itertools
import os
import signal
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.player_model import SINKS
from tests.support.processes import Process
from tests.support.sound_server import Recording, SoundServer, sound_server
from tests.support.waiting import wait_until

GAP_S = 0.15


@pytest.fixture(scope="module")
def server() -> Iterator[SoundServer]:
    with sound_server("ears") as running:
        yield running


def heard_s(recording: Recording) -> float:
    """How long there was sound, without the silence where a busy machine stumbled."""
    return sum(end - begin for begin, end in recording.sounds(joined_s=0.02))


def steps_of(begin_s: float, end_s: float) -> list[float]:
    return [begin_s + number * 0.05 for number in range(int((end_s - begin_s) / 0.05))]


def test_the_next_song_begins_without_a_wait(server: SoundServer) -> None:
    recording = server.record("""
clips = [on.clip(wav(1.5, hz), f"/{hz}") for hz in (400, 800, 600)]
def go_on():
    clip = clips.pop(0)
    player.prepare(clips[0] if clips else None)
    player.play(clip)
player.finished.connect(lambda: clips and go_on())
go_on()
await until(lambda: on.finished == 3)
""")
    tones = recording.tones()
    assert [hz for hz, _ in itertools.groupby(hz for hz, *_ in tones)] == [400, 800, 600]
    changes = [(one, other) for one, other in itertools.pairwise(tones) if one[0] != other[0]]
    gaps = [other[1] - one[2] for one, other in changes]
    assert min(gaps) < GAP_S, gaps  # a busy machine may make one of them longer
    assert heard_s(recording) == pytest.approx(4.5, abs=0.4)


def test_a_seek_plays_from_the_right_second_and_a_pause_is_silent(server: SoundServer) -> None:
    recording = server.record("""
player.play(on.clip(ladder(20)))
await on.plays_past(400)
player.seek(5000)
await on.plays_past(5700)
player.pause()
await asyncio.sleep(0.6)
player.resume()
await on.plays_past(player.position_ms + 900)
""")
    tones = recording.tones()
    sought = next(place for place, tone in enumerate(tones) if tone[0] >= 800)
    assert tones[0][0] == 300
    assert tones[sought - 1][0] < 700, "a busy machine, and there was no jump"
    after = tones[sought:]
    steps = {other[0] - one[0] for one, other in itertools.pairwise(after)}
    assert (after[0][0], steps) in [(800, {0, 100}), (800, {100})], tones
    pauses = [other[1] - one[2] for one, other in itertools.pairwise(after)]
    assert max(pauses) > 0.4, tones


@pytest.mark.parametrize("rate", [0.5, 2.0])
def test_other_speeds_leave_the_pitch(server: SoundServer, rate: float) -> None:
    recording = server.record(f"""
player.set_rate({rate})
player.play(on.clip(wav(3, 400)))
await until(lambda: on.finished == 1)
""")
    assert heard_s(recording) == pytest.approx(3 / rate, rel=0.25)
    assert {hz for hz, *_ in recording.tones()} == {400}


def test_the_ear_hears_the_cube_of_the_slider(server: SoundServer) -> None:
    recording = server.record("""
player.set_volume(1)
player.play(on.clip(wav(60, 440)))
await on.plays_past(900)
player.set_volume(0.5)
await on.plays_past(player.position_ms + 900)
player.set_muted(True)
await on.plays_past(player.position_ms + 900)
player.set_muted(False)
await on.plays_past(player.position_ms + 900)
""")
    sounds = recording.sounds(joined_s=0.02)
    levels = [recording.loudest(at, at + 0.05) for begin, end in sounds for at in steps_of(begin, end - 0.05)]
    loud = [place for place, level in enumerate(levels) if level > max(levels) / 2]
    # Where a busy machine stumbles the sound begins anew, and that may be louder for a moment.
    full, lower = (statistics.median(part) for part in (levels[: loud[-1] + 1], levels[loud[-1] + 1 :]))
    assert lower == pytest.approx(full / 8, rel=0.05)
    assert max(after[0] - before[1] for before, after in itertools.pairwise(sounds)) > 0.5


def test_two_songs_change_places_at_the_same_instant(server: SoundServer) -> None:
    recording = server.record("""
player.set_volume(1)
player.play(on.clip(ticks(500, 60), "/low"))
await on.plays_past(100)
player.pair(on.clip(ticks(1500, 60), "/high"))
await until(lambda: player._decks.can_swap)
for _ in range(8):
    await on.plays_past(player.position_ms + 900)
    player.swap()
await on.plays_past(player.position_ms + 900)
""")
    beeps = recording.sounds(joined_s=0.04)
    tones = [recording.tone_hz(begin, begin + 0.02) for begin, _ in beeps]
    pairs = zip(itertools.pairwise(beeps), itertools.pairwise(tones), strict=True)
    steps = [
        after[0] - before[0] for (before, after), (one, other) in pairs if (one > 1000) != (other > 1000)
    ]
    assert len(steps) >= 5, tones
    # A beep may be lost where the songs change places; none comes early or late. A busy machine may
    # stumble, but not at most of the changes.
    off = [abs(step / 0.25 - round(step / 0.25)) * 0.25 for step in steps]
    assert statistics.median(off) <= 0.05, (steps, tones)


def test_a_sound_server_that_hangs_does_not_hold_the_player_up() -> None:
    with sound_server("ears") as hanging:
        body = """
player.play(on.clip(wav(30), "/one"))
await on.plays_past(300)
say("plays")
await until(lambda: pathlib.Path(sys.argv[1]).with_name("hangs").exists())
await asyncio.sleep(1)
begin = time.monotonic()
player.play(on.clip(wav(30), "/two"))
player.play(on.clip(wav(30), "/three"))
player.stop()
say("stood still for", round(time.monotonic() - begin, 3))
player.toggle()
await on.plays_past(300)
"""
        with hanging.listener(body) as process:
            wait_until(lambda: "plays" in process.output, "it plays")
            os.kill(hanging.process.pid, signal.SIGSTOP)
            try:
                (hanging.folder / "hangs").touch()
                wait_until(lambda: "stood still" in process.output, "it goes on")
            finally:
                os.kill(hanging.process.pid, signal.SIGCONT)
            wait_until(lambda: "over" in process.output, "it plays again")
            stood_still_s = float(process.output.split("stood still for ")[1].split()[0])
            assert stood_still_s < 10  # and not 30, after which PulseAudio gives a server up


@pytest.mark.timeout(240)
@pytest.mark.skipif(sys.platform != "linux", reason="counts in /proc")
def test_five_hundred_commands_in_a_row_end_as_a_simple_model_says(tmp_path: Path) -> None:
    with sound_server(*SINKS) as server:
        code = "from tests.support.player_model import main; main(500)"
        process = Process([sys.executable, "-c", code], server.env, tmp_path / "log")
        try:
            process.wait(200)
            assert "as the model says" in process.output, process.output
        finally:
            process.end()
