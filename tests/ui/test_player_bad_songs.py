"""Whatever a file holds and a line does: a sentence at the song, and the next one plays."""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path

import pytest

from aimusic_desktop.api import transport
from aimusic_desktop.media import body, cache, tries
from aimusic_desktop.media.audio_type import AudioType, is_whole
from aimusic_desktop.ui.player import patience
from aimusic_desktop.ui.player.deck import BROKEN, EMPTY, GONE
from aimusic_desktop.ui.player.patience import NOT_ARRIVING
from aimusic_desktop.ui.player.player import PlayState
from tests.support.media import song_clip, wav
from tests.support.player import Tap, encoded, hollow, m4a, stage
from tests.support.service import Reply, Service
from tests.support.waiting import AT_ONCE_S, until

pytestmark = pytest.mark.usefixtures("no_sound_server")

NOISE = random.Random(4).randbytes(200_000)
M4A_NOISE = b"\x00\x00\x00\x20ftypM4A " + NOISE
EMPTY_WAV = wav(0)


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tries, "WAITS_S", (0.01,))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "not a song"),
        (NOISE, "not a song"),
        (M4A_NOISE, "incomplete"),
        (b"RIFF\xff\xff\xff\x7fWAVEfmt " + NOISE, "incomplete"),
        (EMPTY_WAV, EMPTY),
    ],
    ids=["no bytes", "noise", "noise called m4a", "noise called wav", "44 bytes of wav"],
)
async def test_a_bad_file_is_said_and_the_next_song_plays(
    service: Service, tmp_path: Path, data: bytes, sentence: str
) -> None:
    async with stage(service, tmp_path) as on:
        on.player.play(on.clip(data, "/bad"))
        await on.is_in(PlayState.FAILED)
        assert sentence in on.player.sentence
        assert on.said == [on.player.sentence]
        assert not on.player.offline
        on.player.play(on.clip(wav(5), "/good"))
        await on.plays_past(0)
        assert on.player.sentence not in on.said


@pytest.mark.parametrize("kind", ["m4a", "mp3", "wav"])
async def test_a_file_cut_in_the_middle_is_said_when_the_cut_is_reached(
    service: Service, tmp_path: Path, kind: str
) -> None:
    data = encoded(kind, *(("-movflags", "+faststart") if kind == "m4a" else ()), seconds=3)
    async with stage(service, tmp_path) as on:
        on.player.play(on.clip(data[: len(data) * 2 // 3], "/cut"))
        await until(lambda: on.said or on.finished)
        if kind == "mp3":  # whole frames to the last: nothing tells it from a shorter song
            return
        assert on.player.state is PlayState.FAILED
        assert "incomplete" in on.player.sentence


async def test_a_cut_that_is_found_when_all_was_read_already_is_said_too(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def judged_late(path: Path, audio_type: AudioType) -> bool:
        time.sleep(0.5)  # a busy machine
        return is_whole(path, audio_type)

    monkeypatch.setattr(cache, "is_whole", judged_late)
    data = encoded("m4a", "-movflags", "+faststart", seconds=6)
    async with stage(service, tmp_path) as on:
        on.player.play(on.clip(data[: len(data) * 2 // 3], "/cut"))
        await until(lambda: on.said or on.finished)
        assert on.player.state is PlayState.FAILED
        assert "incomplete" in on.player.sentence


async def test_a_song_of_which_nothing_can_be_decoded_was_not_played(
    service: Service, tmp_path: Path
) -> None:
    async with stage(service, tmp_path) as on:
        on.player.play(on.clip(hollow(m4a())))
        await until(lambda: on.said or on.finished)
        assert (on.said, on.finished) == ([BROKEN], 0)
        assert (on.player.state, on.player.position_ms) == (PlayState.FAILED, 0)


async def test_a_file_with_a_hole_of_noise_never_hangs(service: Service, tmp_path: Path) -> None:
    data = bytearray(m4a())
    data[len(data) // 3 : len(data) // 2] = NOISE[: len(data) // 2 - len(data) // 3]
    async with stage(service, tmp_path) as on:
        on.player.play(on.clip(bytes(data)))
        await until(lambda: on.said or on.finished)


@pytest.mark.parametrize(("name", "kind"), [("/song.mp3", "wav"), ("/song.wav", "mp3"), ("/song.txt", "m4a")])
async def test_a_wrong_extension_misleads_nobody(
    service: Service, tmp_path: Path, name: str, kind: str
) -> None:
    async with stage(service, tmp_path) as on:
        clip = on.clip(encoded(kind), name)
        on.player.play(clip)
        await on.plays_past(200)
        await until(lambda: on.player.arrived == 1)
        on.player.play(clip)  # from the file this time
        await on.plays_past(200)


async def test_three_hours_begin_and_are_sought_at_once(service: Service, tmp_path: Path) -> None:
    hours = encoded("mp3", "-b:a", "8k", "-ar", "8000", "-ac", "1", seconds=3 * 3600)
    async with stage(service, tmp_path) as on:
        on.player.play(on.clip(hours))
        await on.plays_past(0)
        assert on.player.duration_ms == pytest.approx(3 * 3_600_000, rel=0.01)
        await until(lambda: on.player.arrived == 1)
        begin = time.monotonic()
        on.player.seek(2 * 3_600_000)
        assert time.monotonic() - begin < AT_ONCE_S
        await on.plays_past(2 * 3_600_000)


async def test_a_line_that_stalls_goes_on_where_it_stood(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stall_s = 20
    assert min(patience.ARRIVAL_LIMIT_MS / 1000, transport._STALL_LIMIT_S, body.SLOW_S) > stall_s
    data = m4a(seconds=6)
    tap = Tap(data, len(data) // 2, drips=False)
    service.on("/song", tap)
    async with stage(service, tmp_path) as on:
        on.player.play(song_clip(service.origin + "/song"))
        await on.plays_past(1000)
        await until(lambda: on.player.state is PlayState.LOADING and on.player.position_ms > 2000)
        stood_ms = on.player.position_ms
        states: list[PlayState] = []
        on.player.changed.connect(lambda: states.append(on.player.state))
        with monkeypatch.context() as hasty:
            # What is too impatient for such a stall must know it as one. Here both last a tenth.
            hasty.setattr(patience, "SILENCE_LIMIT_MS", patience.SILENCE_LIMIT_MS // 10)
            await asyncio.sleep(stall_s / 10)
        assert PlayState.FAILED not in states
        assert on.player.position_ms == stood_ms
        tap.opened.set()
        await on.plays_past(stood_ms + 300)
        assert on.said == []
        assert service.paths() == ["/song"]


async def test_a_line_that_breaks_for_good_is_said_when_it_is_reached(
    service: Service, tmp_path: Path
) -> None:
    data = wav(5)
    service.on("/song", Reply(200, data, cut_at=len(data) // 4), Reply(503))
    async with stage(service, tmp_path) as on:
        on.player.play(song_clip(service.origin + "/song"))
        await on.is_in(PlayState.FAILED)
        assert "Try again" in on.player.sentence


async def test_a_line_that_breaks_while_it_plays_is_no_end_of_the_song(
    service: Service, tmp_path: Path
) -> None:
    data = m4a(seconds=9)
    tap = Tap(data, len(data) // 3, drips=False)
    service.on("/song", tap, Reply(503))
    async with stage(service, tmp_path) as on:
        on.player.play(song_clip(service.origin + "/song"))
        await on.plays_past(0)
        tap.data = data[: tap.mark]
        tap.opened.set()
        await on.is_in(PlayState.FAILED)
        assert "Try again" in on.player.sentence
        assert on.finished == 0


async def test_a_stall_shows_and_ends_in_a_sentence_from_which_play_goes_on(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = m4a(seconds=6)
    tap = Tap(data, len(data) // 2, drips=False)
    service.on("/song", tap)
    async with stage(service, tmp_path) as on:
        on.player.play(song_clip(service.origin + "/song"))
        await on.plays_past(0)
        await on.is_in(PlayState.LOADING)
        with monkeypatch.context() as hasty:
            hasty.setattr(patience, "ARRIVAL_LIMIT_MS", 400)
            await on.is_in(PlayState.FAILED)
        assert on.said[-1] == NOT_ARRIVING
        tap.opened.set()
        stood = on.player.position_ms
        assert stood > 500
        on.player.toggle()
        await on.plays_past(stood)


async def test_a_song_that_vanishes_from_the_cache_plays_on_and_is_fetched_again(
    service: Service, tmp_path: Path
) -> None:
    async with stage(service, tmp_path) as on:
        clip = on.clip(wav(3))
        on.player.play(clip)
        await until(lambda: list(tmp_path.glob("*.wav")))
        on.player.play(clip)
        await on.plays_past(100)
        for file in tmp_path.glob("*.wav"):
            file.unlink()
        await until(lambda: on.finished == 1)
        on.player.toggle()
        await on.plays_past(100)
        assert on.said == []
        assert len(service.requests) == 2


async def test_a_song_that_vanished_while_others_hold_it_is_said_and_fetched_later(
    service: Service, tmp_path: Path
) -> None:
    async with stage(service, tmp_path) as on:
        clip, store = on.clip(wav(3)), on.player._decks.heard._supply._audio
        on.player.play(clip)
        await until(lambda: (song := store.peek(clip)) and song.path)
        held = store.open(clip)
        for file in tmp_path.glob("*.wav"):
            file.unlink()
        on.player.play(clip)
        await on.is_in(PlayState.FAILED)
        assert on.said == [GONE]
        held.release()
        on.player.toggle()
        await on.plays_past(0)


async def test_a_network_that_is_down_is_no_fault_of_the_song(service: Service, tmp_path: Path) -> None:
    async with stage(service, tmp_path) as on:
        on.player.play(song_clip("http://127.0.0.1:9/song"))
        await on.is_in(PlayState.FAILED)
        assert on.player.offline
        service.on("/busy", Reply(503))
        on.player.play(song_clip(service.origin + "/busy", clip_id="busy"))
        await until(lambda: len(on.said) == 2)
        assert not on.player.offline
        assert on.player.sentence != BROKEN
