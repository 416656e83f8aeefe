"""What comes out of the loudspeakers: recorded from a real sound server."""

from __future__ import annotations

import itertools
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.player_model import SINKS
from tests.support.processes import Process
from tests.support.sound_server import SoundServer, sound_server
from tests.support.waiting import wait_until

GAP_S = 0.15


@pytest.fixture(scope="module")
def server() -> Iterator[SoundServer]:
    with sound_server("ears") as running:
        yield running


def test_the_next_song_begins_without_a_wait(server: SoundServer) -> None:
    recording = server.record("""
clips = [on.clip(wav(1.5, hz), f"/{hz}") for hz in (440, 880, 660)]
def go_on():
    clip = clips.pop(0)
    player.prepare(clips[0] if clips else None)
    player.play(clip)
player.finished.connect(lambda: clips and go_on())
go_on()
await until(lambda: on.finished == 3)
""")
    sounds = recording.sounds(joined_s=0.02)
    gaps = [after[0] - before[1] for before, after in itertools.pairwise(sounds)]
    assert min(gaps) < GAP_S, gaps  # a busy machine may make one of them longer
    begin, end = sounds[0][0], sounds[-1][1]
    assert end - begin == pytest.approx(4.5, abs=0.4)
    tones = [recording.tone_hz(begin + at, begin + at + 0.5) for at in (0.5, 2.1, 3.7)]
    assert tones == pytest.approx([440, 880, 660], rel=0.02)


def test_a_seek_plays_from_the_right_second_and_a_pause_is_silent(server: SoundServer) -> None:
    recording = server.record("""
player.play(on.clip(ladder()))
await on.plays_past(400)
player.seek(5000)
await on.plays_past(5700)
player.pause()
await asyncio.sleep(0.6)
player.resume()
await on.plays_past(6600)
""")
    sounds = recording.sounds(joined_s=0.1)
    assert len(sounds) == 2
    (begin, pause), (resume, _) = sounds
    assert 0.4 < resume - pause < 1.5
    assert recording.tone_hz(begin + 0.1, begin + 0.3) == pytest.approx(300, abs=15)
    assert recording.tone_hz(pause - 0.4, pause - 0.1) == pytest.approx(800, abs=15)
    assert recording.tone_hz(resume + 0.5, resume + 0.7) == pytest.approx(900, abs=15)


@pytest.mark.parametrize("rate", [0.5, 2.0])
def test_other_speeds_leave_the_pitch(server: SoundServer, rate: float) -> None:
    recording = server.record(f"""
player.set_rate({rate})
player.play(on.clip(wav(2, 440)))
await until(lambda: on.finished == 1)
""")
    sounds = recording.sounds(joined_s=0.1)
    begin, end = sounds[0][0], sounds[-1][1]
    assert end - begin == pytest.approx(2 / rate, rel=0.25)
    assert recording.tone_hz(begin + 0.3, begin + 0.7) == pytest.approx(440, rel=0.03)


def test_the_ear_hears_the_cube_of_the_slider(server: SoundServer) -> None:
    recording = server.record("""
player.set_volume(1)
player.play(on.clip(wav(3, 440)))
await on.plays_past(900)
player.set_volume(0.5)
await on.plays_past(1800)
player.set_muted(True)
await on.plays_past(2400)
""")
    (begin, end), *_ = recording.sounds(joined_s=0.02)
    full, half = recording.loudest(begin + 0.3, begin + 0.7), recording.loudest(begin + 1.2, begin + 1.6)
    assert half == pytest.approx(full / 8, rel=0.05)
    assert end - begin < 2.2


def test_two_songs_change_places_at_the_same_instant(server: SoundServer) -> None:
    recording = server.record("""
player.set_volume(1)
player.play(on.clip(ticks(500, 20), "/low"))
await on.plays_past(100)
player.pair(on.clip(ticks(1500, 20), "/high"))
for passed in (2000, 3000, 4000, 5000):
    await on.plays_past(passed)
    player.swap()
await on.plays_past(6000)
""")
    beeps = [sound for sound in recording.sounds(joined_s=0.04) if sound[0] > recording.sounds()[0][0] + 1.2]
    tones = [recording.tone_hz(begin, begin + 0.02) for begin, _ in beeps]
    assert any(tone > 1200 for tone in tones)
    assert any(tone < 700 for tone in tones)
    steps = [after[0] - before[0] for before, after in itertools.pairwise(beeps)]
    # A beep may be lost where the songs change places; none comes early or late. A busy machine may
    # stumble once, but not at each of four changes.
    off = [abs(step / 0.25 - round(step / 0.25)) * 0.25 for step in steps]
    assert sorted(off)[-2] <= 0.05, (steps, tones)


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
            assert stood_still_s < 1  # and not as long as the server hangs


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
