"""The next song is opened ahead and follows at once; a cued one waits, untouched."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import pytest

from aimusic_desktop.ui.player.player import PlayState
from tests.support.media import song_clip, wav
from tests.support.player import Stage, Tap, stage
from tests.support.service import Reply, Service
from tests.support.waiting import AT_ONCE_S, until

pytestmark = pytest.mark.usefixtures("no_sound_server")


def asked(service: Service) -> list[str]:
    return [request.path for request in service.requests]


def follow(on: Stage, *paths: str) -> None:
    """What ties queue and player in the window, for songs that follow one another."""
    clips = [on.clip(wav(30), path) for path in paths]

    def go_on() -> None:
        clip = clips.pop(0)
        on.player.prepare(clips[0] if clips else None)  # a queue tells what follows before it plays
        on.player.play(clip)

    on.player.finished.connect(lambda: clips and go_on())
    go_on()


async def comes_to_its_end(on: Stage) -> None:
    """The song does, when the one behind it can be heard at once."""
    await until(lambda: on.player._decks._spare.loaded)
    on.player.seek(29_700)


async def speed(on: Stage) -> float:
    """How fast the song plays as a rule; a busy machine makes it stumble."""
    told: list[tuple[float, int]] = []

    def tell(position_ms: int) -> None:
        told.append((time.monotonic(), position_ms))

    on.player.position_changed.connect(tell)
    await until(lambda: len(told) > 40)
    on.player.position_changed.disconnect(tell)
    steps = zip(told, told[10:], strict=False)
    return statistics.median(
        (after[1] - before[1]) / (after[0] - before[0]) / 1000 for before, after in steps
    )


async def test_the_next_song_is_open_before_this_one_ends(service: Service, tmp_path: Path) -> None:
    async with stage(service, tmp_path) as on:
        follow(on, "/one", "/two", "/three")
        await until(lambda: asked(service) == ["/one", "/two"])
        assert on.player.clip is not None
        states: list[PlayState] = []
        on.player.changed.connect(lambda: states.append(on.player.state))
        await comes_to_its_end(on)
        await until(lambda: on.finished == 1)
        assert on.player.clip.clip_id == "/two"
        assert on.player.state is PlayState.PLAYING
        assert PlayState.LOADING not in states
        await until(lambda: asked(service) == ["/one", "/two", "/three"])
        await comes_to_its_end(on)
        await until(lambda: on.finished == 2)
        on.player.seek(29_700)
        await until(lambda: on.finished == 3)
        assert (on.player.state, on.player.position_ms) == (PlayState.IDLE, 0)


async def test_what_is_prepared_takes_nothing_from_a_song_that_still_arrives(
    service: Service, tmp_path: Path
) -> None:
    data = wav(60)
    tap = Tap(data, len(data) // 2)
    service.on("/song", tap)
    async with stage(service, tmp_path) as on:
        on.player.play(song_clip(service.origin + "/song"))
        on.player.prepare(on.clip(wav(2), "/next"))
        await on.plays_past(200)
        await until(lambda: on.player.arrived > 0.4)
        assert asked(service) == ["/song"]
        assert on.player.arrived < 0.6
        tap.opened.set()
        await until(lambda: asked(service) == ["/song", "/next"])
        assert on.player.arrived == 1


async def test_near_its_end_a_song_does_not_wait_to_have_arrived(service: Service, tmp_path: Path) -> None:
    data = wav(15)
    service.on("/song", Tap(data, len(data) // 2))
    async with stage(service, tmp_path) as on:
        on.player.play(song_clip(service.origin + "/song"))
        on.player.prepare(on.clip(wav(2), "/next"))
        await until(lambda: "/next" in asked(service))
        assert on.player.arrived < 1


async def test_a_change_of_mind_prepares_another(service: Service, tmp_path: Path) -> None:
    async with stage(service, tmp_path) as on:
        on.player.play(on.clip(wav(30), "/one"))
        on.player.prepare(on.clip(wav(2), "/two"))
        await until(lambda: "/two" in asked(service))
        on.player.prepare(on.clip(wav(3), "/three"))
        await until(lambda: "/three" in asked(service))
        on.player.prepare(None)
        on.player.play(on.clip(wav(4), "/four"))
        await on.plays_past(0)
        assert on.player.duration_ms == 4000


async def test_a_prepared_song_that_cannot_be_had_is_said_when_it_is_played(
    service: Service, tmp_path: Path
) -> None:
    service.on("/gone", Reply(404), Reply(404), Reply(404), Reply(404))
    async with stage(service, tmp_path) as on:
        on.player.play(on.clip(wav(30), "/one"))
        gone = song_clip(service.origin + "/gone", clip_id="gone")
        on.player.prepare(gone)
        await until(lambda: asked(service).count("/gone") == 2)
        await on.plays_past(300)
        assert on.said == []
        on.player.play(gone)
        await on.is_in(PlayState.FAILED)
        assert len(on.said) == 1
        assert not on.player.offline


async def test_the_same_song_may_follow_itself(service: Service, tmp_path: Path) -> None:
    async with stage(service, tmp_path) as on:
        clip = on.clip(wav(0.9))
        on.player.finished.connect(lambda: on.player.play(clip))
        on.player.prepare(clip)
        on.player.play(clip)
        await until(lambda: on.finished >= 3)
        assert asked(service) == ["/song"]


async def test_a_song_that_is_here_begins_at_once(service: Service, tmp_path: Path) -> None:
    async with stage(service, tmp_path) as on:
        clip = on.clip(wav(5))
        on.player.play(clip)
        await until(lambda: list(tmp_path.glob("*.wav")))
        on.player.play(on.clip(wav(5), "/other"))
        await on.plays_past(0)
        begin = time.monotonic()
        on.player.play(clip)
        await on.is_in(PlayState.PLAYING)
        assert time.monotonic() - begin < AT_ONCE_S
        assert asked(service) == ["/song", "/other"]


async def test_a_cued_song_is_shown_where_it_stands_and_not_touched(service: Service, tmp_path: Path) -> None:
    async with stage(service, tmp_path) as on:
        shown: list[int] = []
        on.player.position_changed.connect(shown.append)
        on.player.cue(on.clip(wav(5)), 1500)
        assert (on.player.state, on.player.position_ms, shown) == (PlayState.IDLE, 1500, [1500])
        assert on.player.duration_ms == 185_020
        on.player.seek(3000)
        on.player.step(-1000)
        assert on.player.position_ms == 2000
        assert service.requests == []
        on.player.toggle()
        await on.plays_past(2000)


async def test_stop_is_silent_and_keeps_the_song(service: Service, tmp_path: Path) -> None:
    async with stage(service, tmp_path) as on:
        on.player.play(on.clip(wav(5)))
        await on.plays_past(300)
        on.player.stop()
        assert (on.player.state, on.player.position_ms) == (PlayState.IDLE, 0)
        assert on.player.clip is not None
        on.player.toggle()
        await on.plays_past(0)
        assert on.finished == 0


async def test_steps_end_at_the_ends_of_the_song(service: Service, tmp_path: Path) -> None:
    async with stage(service, tmp_path) as on:
        on.player.play(on.clip(wav(5)))
        await on.plays_past(0)
        on.player.pause()
        on.player.step(-5000)
        assert on.player.position_ms == 0
        on.player.step(30_000)
        assert 4900 <= on.player.position_ms <= 5000
        on.player.resume()
        await until(lambda: on.finished == 1)


async def test_speed_is_held_in_bounds_and_lasts(service: Service, tmp_path: Path) -> None:
    async with stage(service, tmp_path) as on:
        said: list[float] = []
        on.player.rate_changed.connect(said.append)
        for rate in (9, 0.1, 2):
            on.player.set_rate(rate)
        assert said == [2.0, 0.5, 2.0]
        for path in ("/one", "/two"):
            on.player.play(on.clip(wav(60), path))
            await on.plays_past(0)
            assert await speed(on) == pytest.approx(2, abs=0.5)  # and not 1
        assert on.player.keeps_pitch
