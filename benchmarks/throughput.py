"""Whether saving is as fast as the network, and leaves the window alone.

    python benchmarks/throughput.py [--songs N] [--mbit N]

Fetches N songs of 5 MB over a network of 100 Mbit/s through curl, four at a time, into a folder; then saves
the same songs with the window's own saver: fetched, checked, tagged, synced, named, written down. The network
is shaped in the service, a process of its own. Meanwhile a timer beats every 2 ms on the GUI thread: the time
between two beats is all that the thread did in between. Prints both times and the longest stalls. Exits 1
when saving took over 5 % longer, or a stall 16 ms or more. Needs curl and no display.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import qasync
from gui_stalls import Beat
from kills import clips_of
from song_service import song_service

from aimusic_desktop.app import Session, make_app

SONG_BYTES = 5_000_000
AT_ONCE = 4
MOST_SHARE = 1.05
LIMIT_MS = 16.0
SHOWN = 5


def fetch_with_curl(urls: Sequence[str], folder: Path) -> float:
    """Seconds that curl takes for all of them."""
    command = [
        "curl",
        "--silent",
        "--fail",
        "--parallel",
        "--parallel-max",
        str(AT_ONCE),
        "--remote-name-all",
    ]
    begun = time.perf_counter()
    subprocess.run([*command, *urls], cwd=folder, check=True)
    return time.perf_counter() - begun


async def save_in_window(api_url: str, task_ids: Sequence[str], home: Path) -> tuple[float, Beat]:
    """Seconds that the window's saver takes for all songs of the tasks, and what the beat noted meanwhile."""
    from aimusic_desktop.core import Core
    from aimusic_desktop.options import Options
    from aimusic_desktop.ui.garbage import GuiGarbage
    from aimusic_desktop.ui.main_window import MainWindow

    place = Options(home=home / "home", api_url=api_url)
    core = await Core.open(place)  # known from yesterday: what was looked up just now is fetched ahead
    await clips_of(core, task_ids)
    await core.close()
    window = MainWindow()
    window.show()
    garbage = GuiGarbage(window)
    session = await Session.open(window, place, [])
    garbage.settle()
    core = session.core
    core.settings.update(saves_at_once=AT_ONCE)
    clips = await clips_of(core, task_ids)
    await asyncio.sleep(2)  # covers come, the window comes to rest
    beat = Beat()
    begun = time.perf_counter()
    jobs = await core.saver.save(clips, home / "saved")
    await asyncio.gather(*map(core.saver.wait, jobs))
    took_s = time.perf_counter() - begun
    beat.deleteLater()
    await session.close()
    return took_s, beat


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--songs", type=int, default=20)
    parser.add_argument("--mbit", type=float, default=100.0)
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["AIMUSIC_API_KEY"] = "key-of-the-benchmark"
    loop = qasync.QEventLoop(make_app())
    asyncio.set_event_loop(loop)
    with (
        tempfile.TemporaryDirectory() as folder,
        song_service(options.songs, SONG_BYTES, options.mbit) as service,
    ):
        curl_s = fetch_with_curl(service["song_urls"], Path(folder))
        with loop:
            work = save_in_window(service["api_url"], service["task_ids"], Path(folder))
            saver_s, beat = loop.run_until_complete(work)
        saved = len(list(Path(folder, "saved").iterdir()))
    return report(options.songs, saved, curl_s, saver_s, beat)


def report(songs: int, saved: int, curl_s: float, saver_s: float, beat: Beat) -> int:
    """Print what was measured; gives the exit code."""
    walls = sorted((wall for wall, _ in beat.away), reverse=True)
    print(f"{songs} songs through curl: {curl_s:.2f} s; {saved} through the window: {saver_s:.2f} s")
    print(f"the window took {(saver_s / curl_s - 1) * 100:+.1f} % (limit +{(MOST_SHARE - 1) * 100:.0f} %)")
    print("longest stalls of the GUI thread: " + ", ".join(f"{wall:.1f} ms" for wall in walls[:SHOWN]))
    print(f"longest in the thread's own processor time: {max(own for _, own in beat.away):.1f} ms")
    good = saved == songs and saver_s <= MOST_SHARE * curl_s and walls[0] < LIMIT_MS
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
