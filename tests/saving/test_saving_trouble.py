"""Bad hosts and bad disks: a clear sentence on the job, nothing half in the folder, nothing else disturbed,
and the job can be tried again."""

from __future__ import annotations

import gzip
import re
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from mutagen.wave import WAVE

from aimusic_desktop.model import JobState
from tests.support.media import HTML, Renewal, headers_of, held, song_clip
from tests.support.saving import SONG, TUNE, bench, tune
from tests.support.service import Answer, Reply, Request, Service, file_reply
from tests.support.waiting import until

XML = b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'


def more_than_said(request: Request) -> Reply:
    return Reply(200, SONG + b"more", headers_of(SONG), length=len(SONG))


def part_of_a_smaller_file(request: Request) -> Reply:
    if "range" not in request.headers:
        return Reply(200, SONG, headers_of(SONG), cut_at=1_000_000)
    return Reply(416, headers={"Content-Range": "bytes */5"})


def ring(request: Request) -> Reply:
    step = int(request.path.partition("?")[2] or 0)
    return Reply(302, headers={"Location": f"/song.wav?{(step + 1) % 10}"})


HOSTS: dict[str, tuple[Answer, str]] = {
    "web page": (Reply(200, HTML, {"Content-Type": "audio/wav"}), "not a song"),
    "error XML": (Reply(200, XML, {"Content-Type": "application/xml"}), "not a song"),
    "cut": (Reply(200, SONG, headers_of(SONG), cut_at=1_000_000, length=len(SONG)), "incomplete"),
    "cut without a length": (Reply(200, chunks=lambda: iter([SONG[:1_000_000]])), "incomplete"),
    "nothing comes": (Reply(200, stall_s=60.0), "fell silent"),
    "416 on resume": (part_of_a_smaller_file, "."),
    "ring of redirects": (ring, "in circles"),
    "another scheme": (Reply(302, headers={"Location": "ftp://127.0.0.1/song.wav"}), "."),
    "a local file": (Reply(302, headers={"Location": "file:///etc/passwd"}), "."),
    "server trouble": (Reply(503), "HTTP 503"),
    "gone": (Reply(404), "refuses its link"),
}


@pytest.mark.parametrize("case", HOSTS)
async def test_what_a_bad_host_sends_is_not_kept_and_can_be_tried_again(
    service: Service, tmp_path: Path, case: str
) -> None:
    answer, sentence = HOSTS[case]
    service.on("/song.wav", answer)
    stall_limit_s = 2.0 if case == "nothing comes" else 30.0
    async with bench(service, tmp_path, stall_limit_s=stall_limit_s) as run:
        clip = song_clip(service.origin + "/song.wav", duration_s=None)
        [bad, good] = await run.save(clip, tune(service, "good", title="Good"))
        await run.saver.wait(good)
        await until(bad.settled.is_set)
        assert bad.error is not None
        assert bad.error.endswith(".")
        assert "http" not in bad.error.replace("HTTP", "")
        assert re.search(sentence, bad.error), bad.error
        assert run.files() == ["Good.wav"]
        service.serve_file("/song.wav", SONG)
        run.saver.retry(bad)
        await run.saver.wait(bad)
        assert run.files() == ["City Lights.wav", "Good.wav"]


async def test_a_host_that_sends_more_than_it_said_is_not_believed(service: Service, tmp_path: Path) -> None:
    """The bytes it announced are the song; what it adds never gets into the file."""
    service.on("/song.wav", more_than_said)
    async with bench(service, tmp_path, tags=False) as run:
        [job] = await run.save(song_clip(service.origin + "/song.wav", duration_s=None))
        await job.settled.wait()
        assert job.error or (job.path and job.path.read_bytes() == SONG)


async def test_a_file_that_changed_under_a_resumed_download_starts_over(
    service: Service, tmp_path: Path
) -> None:
    service.on("/song.wav", held(SONG, 1_000_000, threading.Event()))
    async with bench(service, tmp_path, tags=False) as run:
        [job] = await run.save(song_clip(service.origin + "/song.wav", duration_s=None))
        await until(lambda: job.received >= 500_000)
        run.saver.pause(job)
        await until(lambda: job.state is JobState.PAUSED)
        other = TUNE[:44] + TUNE[44:][::-1]
        service.on("/song.wav", _heeding_if_range(other))
        run.saver.go_on(job)
        assert (await run.saver.wait(job)).read_bytes() == other


async def test_a_song_sent_compressed_is_saved_as_it_was(service: Service, tmp_path: Path) -> None:
    packed = gzip.compress(TUNE)
    service.on("/song.wav", Reply(200, packed, {"Content-Encoding": "gzip"}))
    async with bench(service, tmp_path, tags=False) as run:
        [path] = await run.saved(song_clip(service.origin + "/song.wav", duration_s=0.5))
        assert path.read_bytes() == TUNE


async def test_an_expired_link_is_renewed_once(service: Service, tmp_path: Path) -> None:
    service.on("/old.wav", Reply(403))
    renew = Renewal(tune(service))
    async with bench(service, tmp_path, renew) as run:
        await run.saved(song_clip(service.origin + "/old.wav", duration_s=0.5))
    assert len(renew.calls) == 1


async def test_a_full_disk_is_said_and_left_as_it_was(
    service: Service, tmp_path: Path, small_disk: Path
) -> None:
    service.serve_file("/song.wav", SONG)
    clip = song_clip(service.origin + "/song.wav", duration_s=None)
    async with bench(service, tmp_path) as run:
        job = await run.failed(clip, folder=small_disk)
        assert "disk is full" in str(job.error)
        assert list(small_disk.iterdir()) == []
        assert (await run.rows())[job.id].part is None
        [small] = await run.saved(tune(service, "small"), folder=small_disk)
        assert WAVE(small).tags
        run.saver.retry(job, folder=run.out)
        await run.saver.wait(job)


async def test_a_folder_that_cannot_be_written_to_is_said_before_the_first_byte(
    service: Service, tmp_path: Path, read_only_disk: Path
) -> None:
    async with bench(service, tmp_path) as run:
        job = await run.failed(tune(service), folder=read_only_disk / "songs")
        assert "cannot be written to" in str(job.error)
        assert service.requests == []
        run.saver.retry(job, folder=run.out)
        await run.saver.wait(job)


@pytest.mark.parametrize("how", ["removed", "unplugged"])
async def test_a_folder_that_goes_while_its_song_comes_is_said_and_not_made_again(
    service: Service, tmp_path: Path, how: str
) -> None:
    gate = threading.Event()
    service.on("/song.wav", held(SONG, 1_000_000, gate))
    async with bench(service, tmp_path) as run:
        [job] = await run.save(song_clip(service.origin + "/song.wav", duration_s=None))
        await until(lambda: job.received)
        shutil.rmtree(run.out) if how == "removed" else run.out.rename(tmp_path / "unplugged")
        gate.set()
        await job.settled.wait()
        assert "There is no folder" in str(job.error)
        assert not run.out.exists()
        run.out.mkdir()
        run.saver.retry(job)
        await run.saver.wait(job)
        assert run.files() == ["City Lights.wav"]


async def test_a_name_too_long_for_the_disk_is_said(service: Service, tmp_path: Path) -> None:
    async with bench(service, tmp_path) as run:
        job = await run.failed(tune(service), name="x" * 300 + ".wav")
        assert "too long" in str(job.error)


async def test_titles_that_no_system_takes_are_saved_all_the_same(service: Service, tmp_path: Path) -> None:
    titles = ["CON", "a/b\\c:d", "…" * 200, "\u202egnp.exe", "", "."]
    clips = [tune(service, str(number), title=title) for number, title in enumerate(titles)]
    async with bench(service, tmp_path) as run:
        paths = await run.saved(*clips)
        assert {path.parent for path in paths} == {run.out}
        assert all(len(path.name.encode()) < 200 for path in paths)


async def test_a_cached_song_that_was_spoilt_is_fetched_anew_at_the_next_try(
    service: Service, tmp_path: Path
) -> None:
    async with bench(service, tmp_path) as run:
        await run.saved(tune(service))
        [cached] = (tmp_path / "audio").glob("*.wav")
        cached.write_bytes(HTML)
        job = await run.failed(tune(service))
        assert "not a song" in str(job.error)
        run.saver.retry(job)
        await run.saver.wait(job)


def _heeding_if_range(data: bytes) -> Callable[[Request], Reply]:
    """The host's file is another one now: a part of the old one cannot be had."""

    def answer(request: Request) -> Reply:
        whole = file_reply(Request("GET", "", {}), data, "audio/wav")
        same = request.headers.get("if-range") == whole.headers["ETag"]
        return file_reply(request, data, "audio/wav") if same else whole

    return answer
