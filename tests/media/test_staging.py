"""Files made ahead of a drag: tagged as the settings say, in one bound, kept while they are handed over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from mutagen.wave import WAVE

from aimusic_desktop.media.bounded import Bound
from aimusic_desktop.media.cache import clip_key
from aimusic_desktop.media.errors import LinkExpired, MediaError, NotReady
from aimusic_desktop.media.staging import Stager
from aimusic_desktop.model import Clip, ClipState
from aimusic_desktop.settings import Settings
from tests.support.media import song_clip, stores, wav
from tests.support.service import Service

TUNE = wav()


@dataclass
class Bench:
    """A stager, with the settings and the bound that it goes by."""

    stager: Stager
    bound: Bound
    settings: Settings


@pytest.fixture
def clip(service: Service) -> Clip:
    return song_clip(service.serve_file("/song", TUNE))


@asynccontextmanager
async def bench_in(service: Service, root: Path) -> AsyncIterator[Bench]:
    """A stager with a bound of its own: the songs that it copies count in another."""
    async with stores(service, root) as (audio, covers):
        bound = Bound(2**30)
        bench = Bench(
            Stager(audio, covers, root / "staged", bound, lambda: bench.settings), bound, Settings()
        )
        yield bench
        await bench.stager.close()


async def test_a_tagged_file_is_made_once_and_then_here(service: Service, tmp_path: Path, clip: Clip) -> None:
    told: list[str] = []
    async with bench_in(service, tmp_path) as bench:
        stager = bench.stager
        stager.changed.connect(told.append)
        assert stager.staged(clip) is None
        paths = await asyncio.gather(*(stager.stage(clip) for _ in range(3)))
        assert set(paths) == {stager.staged(clip)} == {await stager.stage(clip)}
        assert stager.staged(replace(clip, lyrics="")) == paths[0]
    assert paths[0].name == "City Lights.wav"
    assert WAVE(paths[0]).tags.getall("USLT")[0].text == clip.lyrics
    assert told == [clip_key(clip)]
    assert len(service.requests) == 1
    assert [path.name for path in paths[0].parent.iterdir()] == ["City Lights.wav"]


async def test_a_clip_that_got_another_title_is_staged_anew(
    service: Service, tmp_path: Path, clip: Clip
) -> None:
    async with bench_in(service, tmp_path) as bench:
        await bench.stager.stage(clip)
        renamed = replace(clip, title="../Neon")
        assert bench.stager.staged(renamed) is None
        path = await bench.stager.stage(renamed)
        assert path.parent.parent == tmp_path / "staged"
        assert path.name.endswith("Neon.wav")


async def test_a_clip_whose_links_were_renewed_is_still_staged(
    service: Service, tmp_path: Path, clip: Clip
) -> None:
    async with bench_in(service, tmp_path) as bench:
        path = await bench.stager.stage(clip)
        renewed = replace(clip, audio_url="https://other.example/song", image_url="https://other.example/c")
        assert bench.stager.staged(renewed) == path


async def test_the_name_is_the_last_part_of_the_template(
    service: Service, tmp_path: Path, clip: Clip
) -> None:
    async with bench_in(service, tmp_path) as bench:
        plain = await bench.stager.stage(clip)
        bench.settings = Settings(name_template="{style}/{title} {clip_id:8}")
        assert bench.stager.staged(clip) is None
        named = await bench.stager.stage(clip)
        assert named.name == "City Lights 74dc7bf7.wav"
        bench.settings = Settings()
        assert bench.stager.staged(clip) == plain


async def test_other_tag_settings_make_another_file(service: Service, tmp_path: Path, clip: Clip) -> None:
    async with bench_in(service, tmp_path) as bench:
        await bench.stager.stage(clip)
        bench.settings = Settings(tag_artist="Me and {model}")
        assert bench.stager.staged(clip) is None
        assert WAVE(await bench.stager.stage(clip)).tags["TPE1"].text == ["Me and FUZZ-2.0 Pro"]
        bench.settings = Settings(tags=False)
        assert (await bench.stager.stage(clip)).read_bytes() == TUNE


async def test_twins_dragged_together_have_different_names(
    service: Service, tmp_path: Path, clip: Clip
) -> None:
    clips = [clip, replace(clip, clip_id="b"), replace(clip, clip_id="c", title="CITY LIGHTS")]
    other, missing = replace(clip, clip_id="d", title="Neon"), replace(clip, clip_id="e")
    async with bench_in(service, tmp_path) as bench:
        for one in [*clips, other]:
            await bench.stager.stage(one)
        for _ in range(2):
            files = bench.stager.together([*clips, other, missing])
            assert [path.name for path in files] == [
                "City Lights.wav",
                "City Lights (2).wav",
                "CITY LIGHTS (3).wav",
                "Neon.wav",
            ]
        ids = [WAVE(path).tags["TXXX:AIMUSIC_CLIP_ID"].text[0] for path in files]
        assert ids == [clip.clip_id, "b", "c", "d"]
        assert [path.name for path in bench.stager.together([clips[1]])] == ["City Lights.wav"]


async def test_a_twins_number_is_not_taken_by_a_song_of_that_name(
    service: Service, tmp_path: Path, clip: Clip
) -> None:
    clips = [replace(clip, clip_id="b", title="City Lights (2)"), clip, replace(clip, clip_id="c")]
    async with bench_in(service, tmp_path) as bench:
        for one in clips:
            await bench.stager.stage(one)
        names = [path.name for path in bench.stager.together(clips)]
        assert names == ["City Lights (2).wav", "City Lights.wav", "City Lights (3).wav"]


async def test_only_finished_songs_are_staged(service: Service, tmp_path: Path, clip: Clip) -> None:
    async with bench_in(service, tmp_path) as bench:
        with pytest.raises(NotReady):
            await bench.stager.stage(replace(clip, state=ClipState.RUNNING))
        with pytest.raises(LinkExpired):
            await bench.stager.stage(song_clip(service.origin + "/gone", clip_id="x"))
        assert bench.stager.staged(song_clip(clip_id="x")) is None


async def test_of_staged_files_beyond_the_bound_the_longest_unused_go(
    service: Service, tmp_path: Path, clip: Clip
) -> None:
    clips = [replace(clip, clip_id=str(n)) for n in range(5)]
    async with bench_in(service, tmp_path) as bench:
        bench.bound.limit_bytes = 2 * len(TUNE) + 5000
        for one in clips:
            await bench.stager.stage(one)
        assert [bench.stager.staged(one) is not None for one in clips] == [False, False, False, True, True]
    assert len(list((tmp_path / "staged").iterdir())) == 2


async def test_files_that_were_handed_over_stay_beyond_the_bound(
    service: Service, tmp_path: Path, clip: Clip
) -> None:
    clips = [replace(clip, clip_id=str(n)) for n in range(3)]
    async with bench_in(service, tmp_path) as bench:
        for one in clips:
            await bench.stager.stage(one)
        files = bench.stager.together(clips[:2])
        bench.bound.clear()
        assert [bench.stager.staged(one) is not None for one in clips] == [True, True, False]
        assert all(path.is_file() for path in files)


async def test_a_folder_that_cannot_be_written_is_said(service: Service, tmp_path: Path, clip: Clip) -> None:
    (tmp_path / "staged").write_text("in the way")
    async with bench_in(service, tmp_path) as bench:
        with pytest.raises(MediaError, match=str(tmp_path)):
            await bench.stager.stage(clip)
