from __future__ import annotations

import asyncio
from pathlib import Path

from mutagen.wave import WAVE

from aimusic_desktop.media.errors import MediaError
from aimusic_desktop.model import JobState, SaveFormat
from tests.support.media import song_clip, wav
from tests.support.saving import TUNE, TUNE_S, bench, tune
from tests.support.service import Reply, Service


async def test_a_song_of_another_type_than_its_link_says_gets_the_right_name(
    service: Service, tmp_path: Path
) -> None:
    url = service.serve_file("/song.mp3", TUNE)
    async with bench(service, tmp_path) as run:
        assert [path.name for path in await run.saved(song_clip(url, duration_s=None))] == ["City Lights.wav"]
        assert run.files() == ["City Lights.wav"]


async def test_a_song_of_the_wrong_length_is_kept_only_if_the_user_wants_it(
    service: Service, tmp_path: Path
) -> None:
    async with bench(service, tmp_path) as run:
        job = await run.failed(tune(service, duration_s=3.0))
        assert job.wrong_length
        assert run.files() == []
        service.serve_file("/song.wav", wav(3.0), "audio/wav")
        run.saver.retry(job)
        await run.saver.wait(job)
        other = await run.failed(tune(service, "other", duration_s=3.0))
        asked = len(service.requests)
        run.saver.retry(other, any_length=True)
        await run.saver.wait(other)
        assert len(service.requests) == asked
        assert (await run.rows())[other.id].any_length


async def test_another_format_comes_by_the_converters_link(service: Service, tmp_path: Path) -> None:
    clip = tune(service)
    service.on("/made.wav", Reply(403))
    async with bench(service, tmp_path) as run:
        run.links.urls[SaveFormat.WAV] = service.origin + "/made.wav"
        job = await run.failed(clip, format=SaveFormat.WAV)
        assert "refuses its link" in str(job.error)
        assert run.links.fresh == [SaveFormat.WAV]
        service.serve_file("/made.wav", wav(TUNE_S, 880.0), "audio/wav")
        seen: list[JobState] = []
        run.saver.changed.connect(lambda job: seen.append(job.state))
        run.saver.retry(job)
        path = await run.saver.wait(job)
        assert path.name == "City Lights.wav"
        assert JobState.CONVERTING in seen
        assert WAVE(path).tags["TIT2"].text == [clip.title]


async def test_a_conversion_that_fails_or_gives_another_format_fails_the_job(
    service: Service, tmp_path: Path
) -> None:
    clip = tune(service)
    async with bench(service, tmp_path) as run:
        run.links.urls = {
            SaveFormat.WAV: MediaError("The service could not make a WAV of this song."),
            SaveFormat.MP3: str(clip.audio_url),
        }
        assert "could not make" in str((await run.failed(clip, format=SaveFormat.WAV)).error)
        assert "no MP3 file" in str((await run.failed(clip, format=SaveFormat.MP3)).error)
        assert run.files() == []


async def test_waiting_for_a_conversion_holds_no_other_job_up(service: Service, tmp_path: Path) -> None:
    made = asyncio.Event()
    async with bench(service, tmp_path, saves_at_once=1) as run:
        run.links.urls[SaveFormat.WAV] = service.serve_file("/made.wav", TUNE)
        link = run.links.link

        async def late_link(*args: object) -> str:
            await made.wait()
            return await link(*args)

        run.links.link = late_link
        [job] = await run.save(tune(service), format=SaveFormat.WAV)
        await run.saved(tune(service, "other"))
        assert job.state is JobState.CONVERTING
        made.set()
        await run.saver.wait(job)
