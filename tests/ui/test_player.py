"""Listening: from the first bytes on, through everything a host, a file or a machine may do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from aimusic_desktop.media import tries
from aimusic_desktop.ui.player import patience
from aimusic_desktop.ui.player.deck import BROKEN
from aimusic_desktop.ui.player.patience import SILENT
from aimusic_desktop.ui.player.player import NO_DEVICE, PlayState
from aimusic_desktop.ui.player.sound import NO_SOUND
from tests.support.media import song_clip, wav
from tests.support.player import Hearing, Tap, encoded, m4a, stage
from tests.support.service import Reply, Service
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("no_sound_server")


def test_multimedia_is_not_imported_before_the_first_play() -> None:
    code = (
        "import sys, aimusic_desktop.ui.player.bar, aimusic_desktop.ui.player.player as p;"
        "p.Player(None).set_volume(0.5); assert 'PySide6.QtMultimedia' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


async def test_a_song_sounds_while_it_still_arrives(service: Service, tmp_path: Path) -> None:
    data = m4a(seconds=20)
    tap = Tap(data, len(data) * 2 // 3)
    service.on("/song", tap)
    async with stage(service, tmp_path) as on:
        on.player.play(song_clip(service.origin + "/song"))
        assert on.player.state is PlayState.LOADING
        await on.plays_past(100)
        hearing = Hearing(on.player)
        await until(lambda: hearing.seconds > 0.5)
        assert hearing.tone_hz == pytest.approx(440, abs=10)
        assert on.player.duration_ms == pytest.approx(20_000, abs=60)
        assert len(service.requests) == 1
        assert not tap.opened.is_set()


@pytest.mark.parametrize("kind", ["mp3", "wav"])
async def test_the_other_formats_of_the_service_play_too(service: Service, tmp_path: Path, kind: str) -> None:
    async with stage(service, tmp_path) as on:
        on.player.play(on.clip(encoded(kind)))
        await on.plays_past(100)


async def test_an_index_at_the_end_is_fetched_first_where_the_host_gives_ranges(
    service: Service, tmp_path: Path
) -> None:
    data = encoded("m4a", "-f", "lavfi", "-i", "anoisesrc", "-map", "1", "-t", "60", "-b:a", "192k")
    tap = Tap(data, 200_000, ranges=True)
    service.on("/song", tap)
    async with stage(service, tmp_path) as on:
        on.player.play(song_clip(service.origin + "/song"))
        await on.plays_past(100)
        assert not tap.opened.is_set()


async def test_an_index_at_the_end_without_ranges_plays_when_it_is_there(
    service: Service, tmp_path: Path
) -> None:
    data = m4a(index_first=False)
    tap = Tap(data, len(data) - 500)
    service.on("/song", tap)
    async with stage(service, tmp_path) as on:
        on.player.play(song_clip(service.origin + "/song"))
        await until(lambda: on.player.state is PlayState.LOADING and tap.mark > len(data) - 500)
        tap.opened.set()
        await on.plays_past(100)


async def test_a_song_of_unknown_length_plays_when_it_is_whole(service: Service, tmp_path: Path) -> None:
    tap = Tap(m4a(), 2000, known_length=False)
    tap.opened.set()
    service.on("/song", tap)
    async with stage(service, tmp_path) as on:
        on.player.play(song_clip(service.origin + "/song", duration_s=None))
        await on.plays_past(100)


async def test_a_stream_that_breaks_goes_on_from_the_whole_file(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tries, "WAITS_S", (0.2,))
    first, second = wav(4), wav(5)
    cut = Reply(200, first, {"ETag": '"1"'}, cut_at=len(first) // 2)
    service.on("/song", cut, Reply(200, second, {"ETag": '"2"'}))
    async with stage(service, tmp_path) as on:
        on.player.play(song_clip(service.origin + "/song"))
        await on.plays_past(0)
        await until(lambda: on.player.duration_ms == 5000)
        await on.plays_past(500)
        assert on.said == []


async def test_a_seek_within_what_arrived_sounds_at_once(service: Service, tmp_path: Path) -> None:
    data = wav(20, 440)
    tap = Tap(data, len(data) // 2)
    service.on("/song", tap)
    async with stage(service, tmp_path) as on:
        on.player.play(song_clip(service.origin + "/song"))
        await on.plays_past(0)
        on.player.seek(8000)
        assert on.player.position_ms == 8000
        await on.plays_past(8000)


async def test_a_seek_beyond_fetches_its_range(service: Service, tmp_path: Path) -> None:
    data = wav(100)
    tap = Tap(data, 100_000, ranges=True)
    service.on("/song", tap)
    async with stage(service, tmp_path) as on:
        on.player.play(song_clip(service.origin + "/song"))
        await on.plays_past(0)
        on.player.seek(80_000)
        await on.plays_past(80_000)
        assert not tap.opened.is_set()


async def test_a_seek_back_does_not_wait_for_a_seek_beyond(service: Service, tmp_path: Path) -> None:
    data = wav(20)
    service.on("/song", Tap(data, len(data) // 2))
    async with stage(service, tmp_path) as on:
        on.player.play(song_clip(service.origin + "/song"))
        await on.plays_past(0)
        on.player.seek(15_000)
        await on.is_in(PlayState.LOADING)
        assert on.player.position_ms == 15_000
        on.player.seek(2000)
        await on.plays_past(2000)
        assert on.player.position_ms < 15_000


async def test_pause_stands_still_and_play_goes_on(service: Service, tmp_path: Path) -> None:
    async with stage(service, tmp_path) as on:
        on.player.play(on.clip(wav(5)))
        await on.plays_past(200)
        on.player.toggle()
        assert on.player.state is PlayState.PAUSED
        on.player.seek(3000)
        on.player.toggle()
        assert on.player.state is PlayState.PLAYING
        await on.plays_past(3000)


async def test_a_song_paused_before_it_came_waits_to_be_played(service: Service, tmp_path: Path) -> None:
    async with stage(service, tmp_path) as on:
        on.player.play(on.clip(wav(5)))
        on.player.pause()
        on.player.seek(1000)
        await until(lambda: on.player.duration_ms == 5000)
        assert (on.player.state, on.player.position_ms) == (PlayState.PAUSED, 1000)
        on.player.resume()
        await on.plays_past(1000)


async def test_the_end_says_so_and_play_begins_again(service: Service, tmp_path: Path) -> None:
    async with stage(service, tmp_path) as on:
        on.player.play(on.clip(wav(0.5)))
        await until(lambda: on.finished == 1)
        assert (on.player.state, on.player.position_ms) == (PlayState.IDLE, 0)
        assert on.player.clip is not None
        on.player.toggle()
        await until(lambda: on.finished == 2)


async def test_a_seek_at_the_very_end_is_heard(service: Service, tmp_path: Path) -> None:
    async with stage(service, tmp_path) as on:
        on.player.play(on.clip(wav(2)))
        await on.plays_past(0)
        from PySide6.QtMultimedia import QMediaPlayer

        def go_back(status: QMediaPlayer.MediaStatus) -> None:
            if status is status.EndOfMedia and on.player.position_ms > 1000:
                on.player.seek(0)

        on.player.findChild(QMediaPlayer).mediaStatusChanged.connect(go_back)
        on.player.seek(1700)
        await until(lambda: on.player.position_ms < 1000)
        await on.plays_past(300)
        assert on.finished == 0


async def test_without_a_device_the_song_goes_on_and_it_is_said_once(
    service: Service, tmp_path: Path
) -> None:
    async with stage(service, tmp_path) as on:
        for path in ("/one", "/two"):
            on.player.play(on.clip(wav(5), path))
            await on.plays_past(100)
            assert on.player.sentence == NO_DEVICE
        assert (on.said, on.unheard) == ([], [NO_DEVICE])


async def test_without_multimedia_there_is_a_sentence(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(service, tmp_path) as on:
        with monkeypatch.context() as broken:
            broken.setitem(sys.modules, "PySide6.QtMultimedia", None)
            on.player.play(on.clip(wav(5)))
            await on.is_in(PlayState.FAILED)
        assert (on.player.sentence, on.said) == (NO_SOUND, [NO_SOUND])
        on.player.toggle()
        await on.plays_past(0)
        assert on.player.sentence != NO_SOUND


async def test_a_broken_file_is_said_and_the_next_song_plays(service: Service, tmp_path: Path) -> None:
    broken = bytearray(wav(1))
    broken[20:22] = b"\x99\x99"  # a codec that nobody has
    async with stage(service, tmp_path) as on:
        on.player.play(on.clip(bytes(broken), "/broken"))
        await on.is_in(PlayState.FAILED)
        assert on.player.sentence == BROKEN
        on.player.play(on.clip(wav(5), "/good"))
        await on.plays_past(0)


async def test_what_the_host_refuses_is_said(service: Service, tmp_path: Path) -> None:
    service.on("/song", Reply(403))
    async with stage(service, tmp_path) as on:
        on.player.play(song_clip(service.origin + "/song"))
        await on.is_in(PlayState.FAILED)
        assert "refuses its link" in on.player.sentence


async def test_a_device_that_takes_nothing_more_is_noticed(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(service, tmp_path) as on:
        on.player.play(on.clip(wav(5)))
        await on.plays_past(0)
        monkeypatch.setattr(patience, "SILENCE_LIMIT_MS", 400)  # not before: loading may take longer
        from PySide6.QtMultimedia import QMediaPlayer

        on.player.findChild(QMediaPlayer).pause()  # as when a sound server dies: no error, no end
        await on.is_in(PlayState.FAILED)
        assert on.said[-1] == SILENT


async def test_volume_follows_the_ear_and_is_remembered_for_the_first_song(
    service: Service, tmp_path: Path
) -> None:
    async with stage(service, tmp_path) as on:
        on.player.set_volume(0.5)
        on.player.set_muted(True)
        on.player.play(on.clip(wav(5)))
        await on.plays_past(0)
        from PySide6.QtMultimedia import QAudioOutput

        output = on.player.findChild(QAudioOutput)
        assert output.volume() == 0
        on.player.set_muted(False)
        assert output.volume() == pytest.approx(0.125)
        on.player.set_fade(0.5)
        assert output.volume() == pytest.approx(0.0625)
        on.player.set_fade(1.0)
        on.player.set_volume(1.7)
        assert (output.volume(), on.player.volume) == (1.0, 1.0)
