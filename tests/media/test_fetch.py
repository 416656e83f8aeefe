"""From a host that misbehaves in every way to a whole song, or to a sentence."""

from __future__ import annotations

import asyncio
import gzip
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from aimusic_desktop.api.errors import Unreachable
from aimusic_desktop.media import body, fetch
from aimusic_desktop.media.errors import (
    CutShort,
    HostTrouble,
    LinkExpired,
    MediaError,
    NoSpace,
    NotAudio,
    ReadOnly,
    TooLarge,
    TooSlow,
)
from tests.media.conftest import MakeSong
from tests.support.media import (
    HTML,
    LONG_SONG,
    SONG,
    WITH_RANGES,
    Renewal,
    audio_store,
    boxes,
    held,
    ranges,
    read_in_thread,
    slowly,
    song_clip,
    until,
    wav,
    whole_bytes,
)
from tests.support.service import Reply, Request, Service, file_reply


async def fetch_song(service: Service, root: Path, renew: Renewal | None = None) -> bytes:
    """What the store gives for the song at /song.m4a."""
    async with audio_store(service, root, renew) as store:
        return await whole_bytes(store, song_clip(service.origin + "/song.m4a"))


async def test_a_song_arrives_whole_with_one_plain_request(service: Service, tmp_path: Path) -> None:
    service.serve_file("/song.m4a", SONG)
    assert await fetch_song(service, tmp_path) == SONG
    assert ranges(service.requests) == [""]
    assert "authorization" not in service.requests[0].headers


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
    service.on("/song.m4a", slowly(LONG_SONG))
    async with audio_store(service, tmp_path) as store:
        song = store.open(song_clip(service.origin + "/song.m4a"))
        await read_in_thread(song, 0)
        assert await read_in_thread(song, 2_500_000) == LONG_SONG[2_500_000:2_501_000]
        assert song.received < 2_000_000
        assert (await song.whole()).read_bytes() == LONG_SONG
        song.release()
    first, jump, gap = ranges(service.requests)
    assert (first, jump) == ("", "bytes=2500000-2999999")
    assert gap.endswith("-2499999")
    assert service.requests[1].headers["if-range"] == '"v1"'


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


async def test_a_cut_connection_is_resumed_where_it_broke(service: Service, tmp_path: Path) -> None:
    cut = Reply(200, SONG, WITH_RANGES, cut_at=120_000)
    service.on("/song.m4a", cut, lambda request: file_reply(request, SONG, "audio/mp4"))
    assert await fetch_song(service, tmp_path) == SONG
    assert ranges(service.requests) == ["", f"bytes=120000-{len(SONG) - 1}"]


async def test_a_cut_connection_of_a_host_without_ranges_begins_anew(
    service: Service, tmp_path: Path
) -> None:
    service.on("/song.m4a", Reply(200, SONG, cut_at=120_000), Reply(200, SONG))
    assert await fetch_song(service, tmp_path) == SONG


async def test_a_song_that_changed_between_two_tries_is_not_mixed(service: Service, tmp_path: Path) -> None:
    old, new = boxes(400_000, index_last=True), SONG
    service.on(
        "/song.m4a",
        Reply(200, old, WITH_RANGES, cut_at=350_000),
        Reply(200, new, WITH_RANGES | {"ETag": '"v2"'}),
    )
    assert await fetch_song(service, tmp_path) == new


async def test_a_part_of_another_file_begins_anew(service: Service, tmp_path: Path) -> None:
    other = Reply(206, bytes(10), {"Content-Range": "bytes 120000-120009/120010"})
    service.on(
        "/song.m4a", Reply(200, SONG, WITH_RANGES, cut_at=120_000), other, Reply(200, SONG, WITH_RANGES)
    )
    assert await fetch_song(service, tmp_path) == SONG


@pytest.mark.parametrize(
    "lie",
    [
        Reply(206, SONG[:500], {"Content-Range": "bytes 0-499/300000"}),  # not the part asked for
        Reply(206, SONG[:500]),
        Reply(206, SONG[:500], {"Content-Range": "bytes 120000-120499/*"}),
        Reply(416, b"", {"Content-Range": "bytes */100"}),
    ],
    ids=["another part", "which part", "of what", "no such part"],
)
async def test_a_host_that_answers_ranges_wrongly_is_asked_for_all(
    service: Service, tmp_path: Path, lie: Reply
) -> None:
    service.on("/song.m4a", Reply(200, SONG, WITH_RANGES, cut_at=120_000), lie, Reply(200, SONG, WITH_RANGES))
    assert await fetch_song(service, tmp_path) == SONG
    assert ranges(service.requests)[2] == ""


async def test_more_bytes_than_said_change_nothing(service: Service, tmp_path: Path) -> None:
    def too_much(request: Request) -> Reply:
        part = f"bytes 120000-{len(SONG) + 999}/{len(SONG)}"
        return Reply(206, SONG[120_000:] + bytes(1000), {"Content-Range": part})

    service.on("/song.m4a", Reply(200, SONG, WITH_RANGES, cut_at=120_000), too_much)
    assert await fetch_song(service, tmp_path) == SONG


async def test_no_length_is_no_hindrance(service: Service, tmp_path: Path) -> None:
    service.on("/song.m4a", Reply(200, chunks=lambda: iter([SONG[:7], SONG[7:90_000], SONG[90_000:]])))
    assert await fetch_song(service, tmp_path) == SONG


@pytest.mark.parametrize(
    "cut",
    [Reply(200, SONG, cut_at=120_000), Reply(200, chunks=lambda: iter([SONG[:120_000]]))],
    ids=["with length", "without length"],
)
async def test_a_song_always_cut_is_refused_and_not_kept(
    service: Service, tmp_path: Path, cut: Reply
) -> None:
    service.on("/song.m4a", cut)
    with pytest.raises(CutShort):
        await fetch_song(service, tmp_path)
    assert list(tmp_path.iterdir()) == []


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


def trickle(begin: int) -> Reply:
    """The song from there on, a few bytes at a time."""

    def send() -> Iterator[bytes]:
        for start in range(begin, len(SONG), 500):
            time.sleep(0.02)
            yield SONG[start : start + 500]

    headers = WITH_RANGES | ({"Content-Range": f"bytes {begin}-{len(SONG) - 1}/{len(SONG)}"} if begin else {})
    return Reply(206 if begin else 200, headers=headers, chunks=send, length=len(SONG) - begin)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "SLOW_S", 0.1)


@pytest.mark.usefixtures("impatient")
async def test_a_trickle_is_cut_and_resumed(service: Service, tmp_path: Path) -> None:
    service.on("/song.m4a", trickle(0), lambda request: file_reply(request, SONG, "audio/mp4"))
    assert await fetch_song(service, tmp_path) == SONG
    assert len(service.requests) == 2
    assert re.fullmatch(r"bytes=[1-9]\d+-\d*", ranges(service.requests)[1])


@pytest.mark.usefixtures("impatient")
async def test_a_host_that_only_trickles_is_given_up(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "MIN_RUN_BYTES", 1000)  # each try brings more: no reason to go on for ever
    begins = re.compile(r"bytes=(\d+)-")
    service.on(
        "/song.m4a", lambda request: trickle(int((begins.match(request.headers.get("range", "")) or "00")[1]))
    )
    with pytest.raises(TooSlow):
        await fetch_song(service, tmp_path)
    assert len(service.requests) == 4


async def test_a_host_that_compresses_unasked_is_understood(service: Service, tmp_path: Path) -> None:
    packed = Reply(200, gzip.compress(SONG), {"Content-Encoding": "gzip", "Accept-Ranges": "bytes"})
    service.on("/song.m4a", packed)
    assert await fetch_song(service, tmp_path) == SONG
    service.on("/song.m4a", Reply(200, packed.body, packed.headers, cut_at=3000), packed)
    assert await fetch_song(service, tmp_path / "again") == SONG
    assert set(ranges(service.requests)) == {""}


async def test_a_compressed_body_that_is_none_is_refused(service: Service, tmp_path: Path) -> None:
    service.on("/song.m4a", Reply(200, SONG, {"Content-Encoding": "gzip"}))
    with pytest.raises(HostTrouble):
        await fetch_song(service, tmp_path)


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
    with pytest.raises(LinkExpired):
        await fetch_song(service, tmp_path, renew)
    assert len(renew.calls) == 1
    assert len(service.requests) == 2


@pytest.mark.parametrize(
    "body",
    [HTML, b'<?xml version="1.0"?><Error/>' * 9, b'{"error":"expired"}', b"", SONG[8:]],
    ids=["html", "xml", "json", "empty", "noise"],
)
async def test_what_is_no_song_is_refused_and_never_readable(
    service: Service, tmp_path: Path, body: bytes
) -> None:
    service.on("/song.m4a", Reply(200, body, {"Content-Type": "audio/mp4"}))
    async with audio_store(service, tmp_path) as store:
        song = store.open(song_clip(service.origin + "/song.m4a"))
        assert await read_in_thread(song, 0) == b""
        with pytest.raises(NotAudio):
            await song.whole()
        song.release()
    assert list(tmp_path.iterdir()) == []


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


async def test_a_host_in_trouble_is_asked_again_a_few_times(service: Service, tmp_path: Path) -> None:
    service.on("/song.m4a", Reply(503), Reply(502), Reply(200, SONG))
    assert await fetch_song(service, tmp_path) == SONG
    service.on("/song.m4a", Reply(500))
    with pytest.raises(HostTrouble, match="HTTP 500"):
        await fetch_song(service, tmp_path / "again")
    assert len(service.requests) == 3 + 1 + len(fetch.WAITS_S)


async def test_no_connection_is_said(service: Service, tmp_path: Path) -> None:
    async with audio_store(service, tmp_path) as store:
        with pytest.raises(HostTrouble):
            await whole_bytes(store, song_clip("http://127.0.0.1:1/song.m4a"))


async def test_a_link_that_must_not_be_opened_is_not(service: Service, tmp_path: Path) -> None:
    async with audio_store(service, tmp_path) as store:
        with pytest.raises(MediaError):
            await whole_bytes(store, song_clip("file:///etc/passwd"))
    assert service.requests == []


async def test_a_file_too_large_is_refused_before_and_while_it_comes(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "MAX_SONG_BYTES", 200_000)
    for reply in (Reply(200, SONG), Reply(200, chunks=lambda: iter([SONG]))):
        service.on("/song.m4a", reply)
        with pytest.raises(TooLarge):
            await fetch_song(service, tmp_path)
    assert list(tmp_path.iterdir()) == []


async def test_a_full_disk_is_said(service: Service, small_disk: Path) -> None:
    service.serve_file("/song.m4a", SONG)
    with pytest.raises(NoSpace):
        await fetch_song(service, small_disk)
    assert list(small_disk.iterdir()) == []


async def test_a_disk_that_cannot_be_written_to_is_said(service: Service, read_only_disk: Path) -> None:
    service.serve_file("/song.m4a", SONG)
    with pytest.raises(ReadOnly):
        await fetch_song(service, read_only_disk)


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
