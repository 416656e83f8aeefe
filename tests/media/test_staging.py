from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from mutagen.wave import WAVE

from aimusic_desktop.media import staging
from aimusic_desktop.media.cache import clip_key
from aimusic_desktop.media.errors import LinkExpired, NotReady
from aimusic_desktop.media.staging import Stager
from aimusic_desktop.model import Clip, ClipState
from tests.support.media import song_clip, stores, wav
from tests.support.service import Service

TUNE = wav()


@pytest.fixture
def clip(service: Service) -> Clip:
    return song_clip(service.serve_file("/song", TUNE))


@asynccontextmanager
async def stager_in(service: Service, root: Path) -> AsyncIterator[Stager]:
    async with stores(service, root) as (audio, covers):
        stager = Stager(audio, covers, root / "staged")
        yield stager
        await stager.close()


async def test_a_tagged_file_is_made_once_and_then_here(service: Service, tmp_path: Path, clip: Clip) -> None:
    told: list[str] = []
    async with stager_in(service, tmp_path) as stager:
        stager.changed.connect(told.append)
        assert stager.staged(clip) is None
        paths = await asyncio.gather(*(stager.stage(clip) for _ in range(3)))
        assert set(paths) == {stager.staged(clip)} == {await stager.stage(clip)}
        assert stager.staged(replace(clip, lyrics="")) == paths[0]
    assert paths[0].name == "City Lights.wav"
    assert WAVE(paths[0]).tags.getall("USLT")[0].text == clip.lyrics
    assert told == [clip_key(clip)]
    assert len(service.requests) == 1


async def test_a_clip_that_got_another_title_is_staged_anew(
    service: Service, tmp_path: Path, clip: Clip
) -> None:
    async with stager_in(service, tmp_path) as stager:
        await stager.stage(clip)
        renamed = replace(clip, title="../Neon")
        assert stager.staged(renamed) is None
        assert (await stager.stage(renamed)).name == "_Neon.wav"


async def test_twins_dragged_together_have_different_names(
    service: Service, tmp_path: Path, clip: Clip
) -> None:
    clips = [clip, replace(clip, clip_id="b"), replace(clip, clip_id="c", title="CITY LIGHTS")]
    other, missing = replace(clip, clip_id="d", title="Neon"), replace(clip, clip_id="e")
    async with stager_in(service, tmp_path) as stager:
        for one in [*clips, other]:
            await stager.stage(one)
        for _ in range(2):
            files = stager.together([*clips, other, missing])
            assert [path.name for path in files] == [
                "City Lights.wav",
                "City Lights (2).wav",
                "CITY LIGHTS (3).wav",
                "Neon.wav",
            ]
        ids = [WAVE(path).tags["TXXX:AIMUSIC_CLIP_ID"].text[0] for path in files]
        assert ids == [clip.clip_id, "b", "c", "d"]
        assert [path.name for path in stager.together([clips[1]])] == ["City Lights.wav"]


async def test_only_finished_songs_are_staged(service: Service, tmp_path: Path, clip: Clip) -> None:
    async with stager_in(service, tmp_path) as stager:
        with pytest.raises(NotReady):
            await stager.stage(replace(clip, state=ClipState.RUNNING))
        with pytest.raises(LinkExpired):
            await stager.stage(song_clip(service.origin + "/gone", clip_id="x"))
        assert stager.staged(song_clip(clip_id="x")) is None


async def test_the_staged_files_stay_below_their_bound(
    service: Service, tmp_path: Path, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "LIMIT_BYTES", 2 * len(TUNE) + 5000)
    clips = [replace(clip, clip_id=str(n)) for n in range(5)]
    async with stager_in(service, tmp_path) as stager:
        for one in clips:
            await stager.stage(one)
        assert [stager.staged(one) is not None for one in clips] == [False, False, False, True, True]
    assert len(list((tmp_path / "staged").iterdir())) == 2
