"""From a host or a disk that misbehaves in every way to a whole song, or to a sentence."""

from __future__ import annotations

import gzip
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from aimusic_desktop.media import body, fetch, tries
from aimusic_desktop.media.errors import (
    CutShort,
    HostTrouble,
    MediaError,
    NoSpace,
    NotAudio,
    Offline,
    ReadOnly,
    TooLarge,
    TooSlow,
)
from tests.support.media import (
    HTML,
    SONG,
    WITH_RANGES,
    Renewal,
    audio_store,
    boxes,
    fetch_song,
    headers_of,
    pieces,
    ranges,
    read_in_thread,
    song_clip,
    whole_bytes,
)
from tests.support.service import Reply, Request, Service, file_reply
from tests.support.waiting import until

NOBODY = "http://127.0.0.1:1/song.m4a"


def part(data: bytes, stated: str, **headers: str) -> Reply:
    """A part whose place is as stated, of the file that ``WITH_RANGES`` tells of."""
    return Reply(206, data, WITH_RANGES | {"Content-Range": stated} | headers)


def in_pieces(reply: Reply) -> Reply:
    """The same without a Content-Length."""
    return replace(reply, body=b"", chunks=lambda: iter([reply.body]))


def redirect(location: str) -> Reply:
    return Reply(302, headers={"Location": location})


CUT = Reply(200, SONG, WITH_RANGES, cut_at=120_000)
REST = SONG[120_000:]
PLACE = f"bytes 120000-{len(SONG) - 1}/{len(SONG)}"
LYING = {
    "more than said": in_pieces(part(REST + bytes(9), PLACE)),
    "less than said": in_pieces(part(REST[:-9], PLACE)),
    "lengths that differ": part(REST[:-9], PLACE),
    "an end behind the end": part(REST + bytes(9), f"bytes 120000-{len(SONG) + 8}/{len(SONG)}"),
    "another part": part(SONG[:500], f"bytes 0-499/{len(SONG)}"),
    "which part": Reply(206, REST),
    "of what": part(REST, "bytes 120000-299999/*"),
    "another size": part(REST + bytes(9), f"bytes 120000-{len(SONG) + 8}/{len(SONG) + 9}"),
    "no such part": Reply(416, headers={"Content-Range": "bytes */100"}),
    "another tag": part(REST, PLACE, ETag='"v2"'),
    "compressed": part(REST, PLACE, **{"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("lie", LYING.values(), ids=LYING)
async def test_a_resumed_part_that_is_not_what_was_asked_for_is_never_mixed_in(
    service: Service, tmp_path: Path, lie: Reply
) -> None:
    new = boxes(400_000, index_last=True)
    service.on("/song.m4a", CUT, lie, Reply(200, new, WITH_RANGES | {"ETag": '"v2"'}))
    assert await fetch_song(service, tmp_path) == new
    assert ranges(service.requests)[:2] == ["", f"bytes=120000-{len(SONG) - 1}"]
    assert service.requests[1].headers["if-range"] == '"v1"'


ENDINGS = {
    "more than said": ([CUT, LYING["more than said"]], "sent more than it said"),
    "less than said": ([CUT], "arrived incomplete"),
    "no such part": ([CUT, LYING["no such part"]], "changed on its host"),
    "another tag": ([CUT, LYING["another tag"]], "changed on its host"),
    "a wrong part": ([CUT, LYING["another part"]], "did not send the part"),
    "gzip that is none": ([Reply(200, SONG, {"Content-Encoding": "gzip"})], "cannot be unpacked"),
    "gzip and more": ([Reply(200, gzip.compress(SONG) + SONG, {"Content-Encoding": "gzip"})], "unpacked"),
    "packed strangely": ([Reply(200, SONG, {"Content-Encoding": "br"})], "cannot be unpacked"),
    "a ring": ([redirect("/song.m4a")], "in circles"),
    "another scheme": ([redirect("ftp://127.0.0.1/song.m4a")], "not safe to open"),
    "a file": ([redirect("file:///etc/passwd")], "not safe to open"),
    "an empty answer": ([Reply(204)], "HTTP 204"),
    "trouble": ([Reply(500)], "HTTP 500"),
    "a page": ([Reply(200, HTML, {"Content-Type": "audio/mp4"})], "not a song"),
    "nothing": ([Reply(200, b"")], "not a song"),
}


@pytest.mark.parametrize(("replies", "sentence"), ENDINGS.values(), ids=ENDINGS)
async def test_what_a_host_does_wrong_is_said_and_can_be_tried_again(
    service: Service, tmp_path: Path, replies: list[Reply], sentence: str
) -> None:
    service.on("/song.m4a", *replies * 8)
    async with audio_store(service, tmp_path) as store:
        with pytest.raises(MediaError, match=sentence):
            await whole_bytes(store, song_clip(service.origin + "/song.m4a"))
        service.serve_file("/song.m4a", SONG)
        assert await whole_bytes(store, song_clip(service.origin + "/song.m4a")) == SONG
        await until(lambda: len(list(tmp_path.iterdir())) == 1)


async def test_a_refusal_is_understood_however_its_page_is_packed(service: Service, tmp_path: Path) -> None:
    service.on("/song.m4a", Reply(403, b"?", {"Content-Encoding": "br"}))
    renew = Renewal(song_clip(service.serve_file("/fresh.m4a", SONG)))
    assert await fetch_song(service, tmp_path, renew) == SONG


async def test_ten_redirects_are_too_many(service: Service, tmp_path: Path) -> None:
    for n in range(10):
        service.on(f"/{n}", redirect(f"/{(n + 1) % 10}"))
    async with audio_store(service, tmp_path) as store:
        with pytest.raises(HostTrouble, match="in circles"):
            await whole_bytes(store, song_clip(f"{service.origin}/0"))


async def test_bytes_behind_the_stated_length_are_not_taken(service: Service, tmp_path: Path) -> None:
    service.on("/song.m4a", Reply(200, SONG + HTML, length=len(SONG)))
    assert await fetch_song(service, tmp_path) == SONG


async def test_silence_is_said(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tries, "WAITS_S", (0.01,))
    silent = Reply(200, headers=WITH_RANGES, chunks=pieces(SONG, 1000, threading.Event()), length=len(SONG))
    service.on("/song.m4a", silent)
    async with audio_store(service, tmp_path, stall_limit_s=0.5) as store:
        with pytest.raises(TooSlow, match="fell silent"):
            await whole_bytes(store, song_clip(service.origin + "/song.m4a"))


async def test_a_host_that_gives_crumbs_is_given_up(service: Service, tmp_path: Path) -> None:
    def crumb(request: Request) -> Reply:
        start = int(request.headers.get("range", "bytes=0-")[6:].partition("-")[0])
        return part(SONG[start : start + 10], f"bytes {start}-{start + 9}/{len(SONG)}")

    service.on("/song.m4a", CUT, crumb)
    with pytest.raises(CutShort):
        await fetch_song(service, tmp_path)
    assert len(service.requests) == 1 + len(tries.WAITS_S)


async def test_a_host_that_cannot_be_reached_is_named_within_seconds(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tries, "WAITS_S", (0.01, 60.0, 60.0))
    async with audio_store(service, tmp_path) as store:
        with pytest.raises(Offline, match="cannot be reached"):
            await whole_bytes(store, song_clip(NOBODY))


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


def trickle(begin: int) -> Reply:
    """The song from there on, a few bytes at a time."""

    def send() -> Iterator[bytes]:
        for start in range(begin, len(SONG), 500):
            time.sleep(0.02)
            yield SONG[start : start + 500]

    headers = headers_of(SONG) | (
        {"Content-Range": f"bytes {begin}-{len(SONG) - 1}/{len(SONG)}"} if begin else {}
    )
    return Reply(206 if begin else 200, headers=headers, chunks=send, length=len(SONG) - begin)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "SLOW_S", 0.1)


@pytest.mark.usefixtures("impatient")
async def test_a_trickle_is_cut_and_resumed(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rest(request: Request) -> Reply:
        monkeypatch.setattr(body, "SLOW_S", 60.0)  # however late this comes, it is no trickle
        return file_reply(request, SONG, "audio/mp4")

    service.on("/song.m4a", trickle(0), rest)
    assert await fetch_song(service, tmp_path) == SONG
    assert len(service.requests) == 2
    assert re.fullmatch(r"bytes=[1-9]\d+-\d*", ranges(service.requests)[1])


@pytest.mark.usefixtures("impatient")
async def test_a_host_that_only_trickles_is_given_up(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tries, "PROGRESS_BYTES", 1000)  # each try brings more: no reason to go on for ever
    begins = re.compile(r"bytes=(\d+)-")
    service.on(
        "/song.m4a", lambda request: trickle(int((begins.match(request.headers.get("range", "")) or "00")[1]))
    )
    with pytest.raises(TooSlow):
        await fetch_song(service, tmp_path)
    assert len(service.requests) == 4


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


async def test_a_host_in_trouble_is_asked_again_a_few_times(service: Service, tmp_path: Path) -> None:
    service.on("/song.m4a", Reply(503), Reply(502), Reply(200, SONG))
    assert await fetch_song(service, tmp_path) == SONG
    service.on("/song.m4a", Reply(500))
    with pytest.raises(HostTrouble, match="HTTP 500"):
        await fetch_song(service, tmp_path / "again")
    assert len(service.requests) == 3 + 1 + len(tries.WAITS_S)


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
