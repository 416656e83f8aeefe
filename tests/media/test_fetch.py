"""One song from its host: what is asked for, in which order, and what counts as whole."""

from __future__ import annotations

import asyncio
import gzip
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from aimusic_desktop.api.errors import Unreachable
from aimusic_desktop.media import tries
from aimusic_desktop.media.errors import CutShort, HostTrouble, LinkExpired
from tests.media.conftest import MakeSong
from tests.support.media import (
    HTML,
    LONG_SONG,
    SONG,
    WITH_RANGES,
    Renewal,
    audio_store,
    dripping,
    fetch_song,
    headers_of,
    held,
    ranges,
    read_in_thread,
    slowly,
    song_clip,
    wav,
    whole_bytes,
)
from tests.support.service import Reply, Request, Service, file_reply
from tests.support.waiting import LIMIT_S, until


def without_validator(reply: Reply) -> Reply:
    """The same by a host that does not say which file it is."""
    return replace(reply, headers={name: text for name, text in reply.headers.items() if name != "ETag"})


async def test_a_song_arrives_whole_with_one_plain_request(service: Service, tmp_path: Path) -> None:
    service.serve_file("/song.m4a", SONG)
    assert await fetch_song(service, tmp_path) == SONG
    assert ranges(service.requests) == [""]
    assert "authorization" not in service.requests[0].headers


async def test_songs_come_by_one_connection(service: Service, tmp_path: Path) -> None:
    links = [service.serve_file(f"/{name}.m4a", SONG) for name in "abc"]
    async with audio_store(service, tmp_path) as store:
        for link in links:
            assert await whole_bytes(store, song_clip(link, clip_id=link)) == SONG
    assert (len(service.requests), service.accepted) == (3, 1)


async def test_what_has_arrived_can_be_read_while_the_rest_comes(service: Service, tmp_path: Path) -> None:
    gate = threading.Event()
    service.on("/song.m4a", held(SONG, 100_000, gate))
    async with audio_store(service, tmp_path) as store:
        song = store.open(song_clip(service.origin + "/song.m4a"))
        assert await read_in_thread(song, 0) == SONG[:1000]
        assert (song.total, song.path) == (len(SONG), None)
        gate.set()
        assert (await song.whole()).read_bytes() == SONG
        song.release()


async def test_a_reader_far_ahead_gets_its_part_first_and_the_gap_is_filled(
    service: Service, tmp_path: Path
) -> None:
    drip, gap_may_come = dripping(LONG_SONG, 200_000), threading.Event()

    def answer(request: Request) -> Reply:
        if request.headers.get("range", "").endswith("-2499999"):
            gap_may_come.wait(LIMIT_S)
        return drip(request)

    service.on("/song.m4a", answer)
    async with audio_store(service, tmp_path) as store:
        song = store.open(song_clip(service.origin + "/song.m4a"))
        await read_in_thread(song, 0)
        assert await read_in_thread(song, 2_500_000) == LONG_SONG[2_500_000:2_501_000]
        assert song.received < 2_000_000
        gap_may_come.set()
        assert (await song.whole()).read_bytes() == LONG_SONG
        song.release()
    first, jump, gap = ranges(service.requests)
    assert (first, jump) == ("", "bytes=2500000-2999999")
    assert gap.endswith("-2499999")
    assert service.requests[1].headers["if-range"] == headers_of(LONG_SONG)["ETag"]


async def test_a_reader_a_little_ahead_just_waits(service: Service, tmp_path: Path) -> None:
    gate = threading.Event()
    service.on("/song.m4a", held(LONG_SONG, 200_000, gate))
    async with audio_store(service, tmp_path) as store:
        song = store.open(song_clip(service.origin + "/song.m4a"))
        reading = asyncio.create_task(read_in_thread(song, 300_000))
        await until(lambda: song.growing and song.growing.wanted == 300_000)
        gate.set()
        assert await reading == LONG_SONG[300_000:301_000]
        await song.whole()
        song.release()
    assert ranges(service.requests) == [""]


async def test_a_host_without_ranges_is_read_through(service: Service, tmp_path: Path) -> None:
    service.serve_file("/song.m4a", LONG_SONG, ranges=False)
    async with audio_store(service, tmp_path) as store:
        song = store.open(song_clip(service.origin + "/song.m4a"))
        assert await read_in_thread(song, 2_900_000) == LONG_SONG[2_900_000:2_901_000]
        song.release()
    assert ranges(service.requests) == [""]


async def test_a_host_that_promises_ranges_and_gives_none_is_read_through(
    service: Service, tmp_path: Path
) -> None:
    whole = Reply(200, LONG_SONG, headers_of(LONG_SONG))
    service.on("/song.m4a", dripping(LONG_SONG, 200_000), whole)
    async with audio_store(service, tmp_path) as store:
        song = store.open(song_clip(service.origin + "/song.m4a"))
        await read_in_thread(song, 0)
        assert await read_in_thread(song, 2_500_000) == LONG_SONG[2_500_000:2_501_000]
        song.release()
    assert ranges(service.requests) == ["", "bytes=2500000-2999999"]


async def test_a_cut_connection_is_resumed_where_it_broke(service: Service, tmp_path: Path) -> None:
    cut = Reply(200, SONG, headers_of(SONG), cut_at=120_000)
    service.on("/song.m4a", cut, lambda request: file_reply(request, SONG, "audio/mp4"))
    assert await fetch_song(service, tmp_path) == SONG
    assert ranges(service.requests) == ["", f"bytes=120000-{len(SONG) - 1}"]


async def test_a_cut_connection_of_a_host_without_ranges_begins_anew(
    service: Service, tmp_path: Path
) -> None:
    service.on("/song.m4a", Reply(200, SONG, cut_at=120_000), Reply(200, SONG))
    assert await fetch_song(service, tmp_path) == SONG


async def test_without_a_validator_the_rest_of_a_cut_song_may_be_anothers_and_all_is_fetched(
    service: Service, tmp_path: Path
) -> None:
    changed = SONG[:-1] + bytes([SONG[-1] ^ 1])
    service.on(
        "/song.m4a",
        Reply(200, SONG, {"Accept-Ranges": "bytes"}, cut_at=120_000),
        lambda request: without_validator(file_reply(request, changed, "audio/mp4")),
    )
    assert await fetch_song(service, tmp_path) == changed
    assert ranges(service.requests) == ["", ""]


async def test_without_a_validator_a_reader_far_ahead_waits(service: Service, tmp_path: Path) -> None:
    service.on("/song.m4a", lambda request: without_validator(slowly(LONG_SONG)(request)))
    async with audio_store(service, tmp_path) as store:
        song = store.open(song_clip(service.origin + "/song.m4a"))
        assert await read_in_thread(song, len(LONG_SONG) - 100) == LONG_SONG[-100:]
        song.release()
    assert ranges(service.requests) == [""]


async def test_a_part_that_nobody_asked_for_is_refused(service: Service, tmp_path: Path) -> None:
    place = {"Content-Range": f"bytes 0-119999/{len(SONG)}"}
    service.on("/song.m4a", Reply(206, SONG[:120_000], place))
    with pytest.raises(HostTrouble, match="the part it was asked for"):
        await fetch_song(service, tmp_path)
    assert len(service.requests) == 1 + len(tries.WAITS_S)


@pytest.mark.parametrize("status", [429, 503])
async def test_a_host_that_says_when_to_ask_again_is_asked_then(
    service: Service, tmp_path: Path, status: int
) -> None:
    service.on("/song.m4a", Reply(status, headers={"Retry-After": "1"}), Reply(200, SONG))
    begun = time.monotonic()
    assert await fetch_song(service, tmp_path) == SONG
    assert time.monotonic() - begun >= 1.0


async def test_a_host_that_wants_to_be_left_alone_for_long_is_asked_sooner(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tries, "PATIENCE_S", 0.05)
    service.on("/song.m4a", Reply(503, headers={"Retry-After": "3600"}), Reply(200, SONG))
    async with asyncio.timeout(LIMIT_S):
        assert await fetch_song(service, tmp_path) == SONG


async def test_no_length_is_no_hindrance(service: Service, tmp_path: Path) -> None:
    service.on("/song.m4a", Reply(200, chunks=lambda: iter([SONG[:7], SONG[7:90_000], SONG[90_000:]])))
    assert await fetch_song(service, tmp_path) == SONG


def unmeasured(data: bytes) -> Reply:
    """An answer that does not say how long it is."""
    return Reply(200, chunks=lambda: iter([data]))


@pytest.mark.parametrize("options", [(), ("-write_xing", "0")], ids=["stated", "unstated"])
async def test_half_an_mp3_of_unknown_length_is_refused(
    service: Service, tmp_path: Path, encoded: MakeSong, options: tuple[str, ...]
) -> None:
    tone = ("-f", "lavfi", "-i", "sine=duration=13", "-map", "1")
    data = encoded("mp3", *tone, *options).read_bytes()
    clip = replace(song_clip(service.origin + "/song.m4a"), duration_s=12.0)
    service.on("/song.m4a", unmeasured(data[: len(data) * 4 // 10]))
    async with audio_store(service, tmp_path) as store:
        with pytest.raises(CutShort):
            await whole_bytes(store, clip)
        service.on("/song.m4a", unmeasured(data))
        assert await whole_bytes(store, clip) == data


async def test_a_short_song_is_taken_when_its_host_or_nobody_says_how_long_it_is(
    service: Service, tmp_path: Path
) -> None:
    clip = song_clip(service.origin + "/song.m4a")
    service.on("/song.m4a", Reply(200, wav()), unmeasured(wav()))
    for name, duration_s in (("said", 185.0), ("unknown", None), ("short", 10.0)):
        async with audio_store(service, tmp_path / name) as store:
            assert await whole_bytes(store, replace(clip, duration_s=duration_s)) == wav()


async def test_a_host_that_compresses_unasked_is_understood(service: Service, tmp_path: Path) -> None:
    packed = Reply(200, gzip.compress(SONG), {"Content-Encoding": "gzip", "Accept-Ranges": "bytes"})
    service.on("/song.m4a", packed)
    assert await fetch_song(service, tmp_path) == SONG
    service.on("/song.m4a", Reply(200, packed.body, packed.headers, cut_at=3000), packed)
    assert await fetch_song(service, tmp_path / "again") == SONG
    assert set(ranges(service.requests)) == {""}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
async def test_an_expired_link_is_renewed_once(service: Service, tmp_path: Path, status: int) -> None:
    service.on("/song.m4a", Reply(status, HTML))
    renew = Renewal(song_clip(service.serve_file("/fresh.m4a", SONG)))
    assert await fetch_song(service, tmp_path, renew) == SONG
    assert len(renew.calls) == 1


async def test_a_link_that_expires_half_way_goes_on_with_the_fresh_one(
    service: Service, tmp_path: Path
) -> None:
    service.on("/song.m4a", Reply(200, SONG, WITH_RANGES, cut_at=120_000), Reply(403, HTML))
    tag = {"ETag": '"v1"'}
    part = {"Content-Range": f"bytes 120000-{len(SONG) - 1}/{len(SONG)}"}
    service.on("/fresh.m4a", Reply(206, SONG[120_000:], tag | part))
    assert await fetch_song(service, tmp_path, Renewal(song_clip(service.origin + "/fresh.m4a"))) == SONG


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (song_clip(None), "has expired"),
        (Unreachable("No connection. Check the network."), "No connection. Check the network."),
    ],
)
async def test_a_link_that_cannot_be_renewed_says_so(
    service: Service, tmp_path: Path, answer: object, sentence: str
) -> None:
    with pytest.raises(LinkExpired, match=sentence):
        await fetch_song(service, tmp_path, Renewal(answer))  # type: ignore[arg-type]


async def test_a_fresh_link_that_is_refused_too_is_not_renewed_again(
    service: Service, tmp_path: Path
) -> None:
    renew = Renewal()
    with pytest.raises(LinkExpired, match="a fresh one too"):
        await fetch_song(service, tmp_path, renew)
    assert len(renew.calls) == 1
    assert len(service.requests) == 2


async def test_a_page_instead_of_a_song_is_answered_with_a_fresh_link(
    service: Service, tmp_path: Path
) -> None:
    service.on("/song.m4a", Reply(200, HTML))
    renew = Renewal(song_clip(service.serve_file("/fresh.m4a", SONG)))
    assert await fetch_song(service, tmp_path, renew) == SONG


@pytest.mark.parametrize(
    ("data", "suffix"),
    [(wav(), ".wav"), (b"\xff\xfb\x90\x64" + bytes(5000), ".mp3"), (SONG, ".m4a")],
    ids=["wav", "mp3", "m4a"],
)
async def test_the_suffix_follows_the_bytes_not_the_link(
    service: Service, tmp_path: Path, data: bytes, suffix: str
) -> None:
    service.serve_file("/song.m4a", data, "text/plain")
    async with audio_store(service, tmp_path) as store:
        song = store.open(song_clip(service.origin + "/song.m4a"))
        assert (await song.whole()).suffix == suffix
        song.release()


async def test_no_link_reaches_the_log_with_its_query(
    service: Service, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "aimusic_desktop.media")
    service.on("/song.m4a", Reply(503), Reply(403))
    async with audio_store(service, tmp_path) as store:
        with pytest.raises(LinkExpired):
            await whole_bytes(store, song_clip(service.origin + "/song.m4a?signature=secret"))
    assert "song.m4a" in caplog.text
    assert "secret" not in caplog.text
