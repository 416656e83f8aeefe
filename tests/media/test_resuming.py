"""What has arrived of a song outlives a fetch that is broken off, and the run, however that ends."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from aimusic_desktop.media import growing as growing_module
from aimusic_desktop.media import parts
from aimusic_desktop.media.cache import AudioStore, clip_key
from aimusic_desktop.media.errors import CutShort
from aimusic_desktop.media.growing import GrowingFile
from aimusic_desktop.model import Clip, ClipState
from tests.support.media import (
    LONG_SONG,
    SONG,
    Renewal,
    audio_store,
    boxes,
    dripping,
    held,
    ranges,
    running,
    song_clip,
    wav,
    whole_bytes,
)
from tests.support.service import Reply, Service
from tests.support.waiting import until

BROKEN_AT = 100_000
REST = f"bytes={BROKEN_AT}-{len(SONG) - 1}"


@pytest.fixture
def clip(service: Service) -> Clip:
    """Its host stands still in the middle of the whole song, and gives parts of it at once."""
    service.on("/song.m4a", held(SONG, BROKEN_AT, threading.Event()))
    return song_clip(service.origin + "/song.m4a")


async def begin(store: AudioStore, clip: Clip) -> None:
    """Fetch as far as the host gives, then break off."""
    song = store.open(clip)
    await until(lambda: song.received == BROKEN_AT)
    song.release()


async def begin_in_another_run(service: Service, root: Path, clip: Clip) -> None:
    async with audio_store(service, root) as store:
        await begin(store, clip)


def part_of(root: Path) -> Path:
    (part,) = root.glob("*.part")
    return part


def note_of(root: Path) -> Path:
    (note,) = root.glob("*.part.json")
    return note


def noted_in(root: Path) -> int:
    """Up to where the bytes are there from the first on, as the note of the one part says."""
    notes = [json.loads(path.read_text()) for path in root.glob("*.part.json")]
    return sum(end for note in notes for start, end in note["spans"] if start == 0)


async def test_the_same_run_goes_on_where_it_broke_off(service: Service, tmp_path: Path, clip: Clip) -> None:
    async with audio_store(service, tmp_path) as store:
        await begin(store, clip)
        assert await whole_bytes(store, clip) == SONG
    assert ranges(service.requests) == ["", REST]
    assert [path.suffix for path in tmp_path.iterdir()] == [".m4a"]


async def test_a_later_run_goes_on_as_long_as_it_is_the_same_file(
    service: Service, tmp_path: Path, clip: Clip
) -> None:
    await begin_in_another_run(service, tmp_path, clip)
    async with audio_store(service, tmp_path) as store:
        song = store.open(clip)
        assert (await song.whole()).read_bytes() == SONG
        song.release()
    assert ranges(service.requests) == ["", REST]
    assert service.requests[1].headers["if-range"].startswith('"')
    assert [path.suffix for path in tmp_path.iterdir()] == [".m4a"]


async def test_what_a_killed_program_had_fetched_is_gone_on_with(service: Service, tmp_path: Path) -> None:
    service.on("/song.m4a", dripping(LONG_SONG, 600_000))
    url = service.origin + "/song.m4a"
    program = f"""
        import asyncio
        from pathlib import Path
        from tests.support.media import audio_store, song_clip, whole_bytes

        class Host:
            api_url = "{service.api_url}"

        async def main():
            async with audio_store(Host, Path({str(tmp_path)!r})) as store:
                await whole_bytes(store, song_clip({url!r}))

        asyncio.run(main())
    """
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], cwd=root) as process:
        try:
            await until(lambda: noted_in(tmp_path) > 500_000)
        finally:
            process.send_signal(signal.SIGKILL)
    noted = noted_in(tmp_path)
    async with audio_store(service, tmp_path) as store:
        assert await whole_bytes(store, song_clip(url)) == LONG_SONG
    assert ranges(service.requests) == ["", f"bytes={noted}-{len(LONG_SONG) - 1}"]


async def test_a_run_that_lives_keeps_its_part(service: Service, tmp_path: Path, clip: Clip) -> None:
    async with audio_store(service, tmp_path) as one:
        song = one.open(clip)
        await until(lambda: song.received == BROKEN_AT)
        theirs = part_of(tmp_path)
        async with audio_store(service, tmp_path, limit_bytes=0) as other:
            await begin(other, clip)
            await until(lambda: [*tmp_path.glob("*.part")] == [theirs])
        song.release()
    assert ranges(service.requests) == ["", ""]


async def test_of_two_later_runs_one_takes_the_part_over(
    service: Service, tmp_path: Path, clip: Clip
) -> None:
    await begin_in_another_run(service, tmp_path, clip)
    service.serve_file("/song.m4a", SONG)
    async with audio_store(service, tmp_path) as one, audio_store(service, tmp_path) as other:
        assert set(await asyncio.gather(whole_bytes(one, clip), whole_bytes(other, clip))) == {SONG}
    assert sorted(ranges(service.requests)[1:]) == ["", REST]


async def test_without_a_validator_it_begins_anew(service: Service, tmp_path: Path, clip: Clip) -> None:
    service.on("/song.m4a", Reply(200, chunks=lambda: iter([SONG[:BROKEN_AT]]), length=len(SONG)))
    async with audio_store(service, tmp_path) as store:
        song = store.open(clip)
        await until(lambda: song.received == BROKEN_AT)
        song.release()
    assert list(tmp_path.iterdir()) == []


async def test_another_file_on_the_host_begins_anew(service: Service, tmp_path: Path, clip: Clip) -> None:
    await begin_in_another_run(service, tmp_path, clip)
    new = boxes(len(SONG), index_last=True)
    service.on("/song.m4a", Reply(200, new, {"ETag": '"new"'}))
    async with audio_store(service, tmp_path) as store:
        assert await whole_bytes(store, clip) == new
    assert ranges(service.requests) == ["", REST]


async def test_an_expired_link_is_renewed_and_gone_on_with(
    service: Service, tmp_path: Path, clip: Clip
) -> None:
    await begin_in_another_run(service, tmp_path, clip)
    service.on("/song.m4a", Reply(403))
    renew = Renewal(song_clip(service.serve_file("/fresh.m4a", SONG)))
    async with audio_store(service, tmp_path, renew) as store:
        assert await whole_bytes(store, clip) == SONG
    assert ranges(service.requests) == ["", REST, REST]


@pytest.mark.parametrize("data", [SONG, wav(5)], ids=["m4a", "wav"])
async def test_all_bytes_of_a_run_that_died_before_naming_them_need_no_host(
    service: Service, tmp_path: Path, clip: Clip, data: bytes
) -> None:
    """Also where the song lasts less than half of what the service says: its host had told all its bytes."""
    leave_all(tmp_path, clip, data, stated=True)
    async with audio_store(service, tmp_path) as store:
        assert await whole_bytes(store, clip) == data
    assert service.requests == []


async def test_all_bytes_that_came_of_an_answer_without_a_length_may_be_half_a_song(
    service: Service, tmp_path: Path, clip: Clip
) -> None:
    leave_all(tmp_path, clip, wav(5), stated=False)
    async with audio_store(service, tmp_path) as store:
        with pytest.raises(CutShort):
            await whole_bytes(store, clip)


def leave_all(root: Path, clip: Clip, data: bytes, *, stated: bool) -> None:
    """What a run leaves that died when all bytes were there; ``stated``: the host had said how many."""
    growing = GrowingFile(parts.part_path(root, clip_key(clip), "0123"), resumable=True)
    growing.open()
    growing.validator = '"v1"'
    growing.size_stated = stated
    growing.set_size(len(data))
    growing.write(0, data)
    growing.close()


async def test_a_running_clips_stream_leaves_no_part(service: Service, tmp_path: Path, clip: Clip) -> None:
    await begin_in_another_run(service, tmp_path, song_clip(clip.audio_url, state=ClipState.RUNNING))
    assert list(tmp_path.iterdir()) == []


NOTE = {"size": len(SONG), "validator": '"v1"', "spans": [[0, BROKEN_AT]]}


@pytest.mark.parametrize(
    "note",
    [
        "",
        "{",
        "[" * 100_000,
        "[]",
        NOTE | {"spans": [[0, BROKEN_AT + 1]]},
        NOTE | {"spans": [[-1, 5]]},
        NOTE | {"spans": [[9, 5]]},
        NOTE | {"spans": [[0, 5], [3, 9]]},
        NOTE | {"spans": [[0, 1e3]]},
        NOTE | {"spans": [[False, True]]},
        NOTE | {"spans": [0, 5]},
        NOTE | {"spans": None},
        NOTE | {"size": "300000"},
        NOTE | {"size": 50},
        NOTE | {"size": True},
        NOTE | {"validator": ""},
        NOTE | {"validator": "a\r\nX: y"},
        NOTE | {"validator": "é"},
        NOTE | {"validator": 5},
        {"size": 5},
    ],
    ids=lambda note: str(note)[:60],
)
async def test_a_note_that_cannot_be_believed_counts_for_nothing(
    service: Service, tmp_path: Path, clip: Clip, note: object
) -> None:
    part = parts.part_path(tmp_path, clip_key(clip), "0123")
    part.write_bytes(b"?" * BROKEN_AT)
    part.with_name(f"{part.name}.json").write_text(note if isinstance(note, str) else json.dumps(note))
    assert parts.read_state(part) is None
    service.serve_file("/song.m4a", SONG)
    async with audio_store(service, tmp_path) as store:
        assert await whole_bytes(store, clip) == SONG
    assert ranges(service.requests) == [""]
    assert [path.suffix for path in tmp_path.iterdir()] == [".m4a"]


async def test_a_part_that_is_shorter_than_its_note_says_begins_anew(
    service: Service, tmp_path: Path, clip: Clip
) -> None:
    await begin_in_another_run(service, tmp_path, clip)
    with part_of(tmp_path).open("r+b") as file:
        file.truncate(BROKEN_AT - 1)
    service.serve_file("/song.m4a", SONG)
    async with audio_store(service, tmp_path) as store:
        assert await whole_bytes(store, clip) == SONG
    assert ranges(service.requests) == ["", ""]


async def test_the_note_says_what_is_there(service: Service, tmp_path: Path, clip: Clip) -> None:
    await begin_in_another_run(service, tmp_path, clip)
    note = json.loads(note_of(tmp_path).read_text())
    assert (note["size"], note["spans"]) == (len(SONG), [[0, BROKEN_AT]])
    assert part_of(tmp_path).read_bytes() == SONG[:BROKEN_AT]


def test_the_bytes_are_on_the_disk_before_the_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noted_before: list[bool] = []
    monkeypatch.setattr(growing_module, "NOTE_EVERY_S", 60.0)  # once, at the end
    monkeypatch.setattr(growing_module, "_sync", lambda _: noted_before.append(any(tmp_path.glob("*.json"))))
    growing = GrowingFile(tmp_path / "song.run.part", resumable=True)
    growing.open()
    growing.validator = '"v1"'
    growing.write(0, b"abc")
    growing.close()
    assert noted_before == [False]
    assert note_of(tmp_path).exists()


def test_other_bytes_never_come_under_an_old_note(tmp_path: Path) -> None:
    growing = GrowingFile(tmp_path / "song.run.part", resumable=True)
    growing.open()
    growing.validator = '"v1"'
    growing.write(0, b"abc")
    growing.note()
    growing.forget()
    growing.write(0, b"xyz")
    assert [path.name for path in tmp_path.iterdir()] == ["song.run.part"]
    growing.close()
    assert list(tmp_path.iterdir()) == []


def test_a_whole_song_has_no_note(tmp_path: Path) -> None:
    growing = GrowingFile(tmp_path / "song.run.part", resumable=True)
    growing.open()
    growing.validator = '"v1"'
    growing.write(0, b"abc")
    growing.note()
    growing.move_to(tmp_path / "song.m4a")
    assert [path.name for path in tmp_path.iterdir()] == ["song.m4a"]
    growing.close()


async def test_what_is_here_of_a_song_is_told_before_its_host_answers(
    service: Service, tmp_path: Path, clip: Clip
) -> None:
    await begin_in_another_run(service, tmp_path, clip)
    service.on("/song.m4a", Reply(200, stall_s=20))
    async with audio_store(service, tmp_path) as store:
        song, told = store.open(clip), asyncio.Event()
        song.changed.connect(told.set)
        await told.wait()
        assert (song.received, song.total) == (BROKEN_AT, len(SONG))
        song.release()


async def test_a_dead_runs_part_goes_before_any_song(service: Service, tmp_path: Path, clip: Clip) -> None:
    await begin_in_another_run(service, tmp_path, clip)
    other = song_clip(service.serve_file("/other.m4a", SONG), clip_id="other")
    async with audio_store(service, tmp_path, limit_bytes=len(SONG)) as store:
        await whole_bytes(store, other)
        await until(lambda: len(list(tmp_path.iterdir())) == 1)
        assert await whole_bytes(store, other) == SONG


def test_the_newest_of_several_parts_is_taken_over(tmp_path: Path) -> None:
    with running(tmp_path) as runs:
        for token in ("aaaa", "bbbb"):
            parts.part_path(tmp_path, "key", token).write_bytes(token.encode())
        parts.take_over(tmp_path, "key", runs)
        parts.take_over(tmp_path, "key", runs)
        assert parts.part_path(tmp_path, "key", runs.token).read_bytes() == b"bbbb"
        assert parts.part_path(tmp_path, "key", "aaaa").exists()
