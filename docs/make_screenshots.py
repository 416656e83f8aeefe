"""Takes the pictures of the documentation from the real window, in light and dark.

    python docs/make_screenshots.py [--out docs/images]

Needs no display. ``QT_SCALE_FACTOR=2`` in the environment makes them at 200 %.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import qasync
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from aimusic_desktop.app import Session, make_app
from aimusic_desktop.model import Product, SaveFormat
from aimusic_desktop.options import Options
from aimusic_desktop.ui.drawer import LYRICS, QUEUE, SAVES
from aimusic_desktop.ui.main_window import MainWindow

SIZE = QSize(1180, 760)
CHOSEN = 3
PLAYED_MS = 4_000
SUNG_MS = 9_000
LIMIT_S = 30.0


def dark_palette() -> QPalette:
    """What a desktop's dark scheme gives; without a desktop Qt has no scheme of its own to follow."""
    palette = QPalette(QColor("#2b2b2e"), QColor("#242427"))
    palette.setColor(QPalette.ColorRole.Base, QColor("#1c1c1f"))
    palette.setColor(QPalette.ColorRole.Highlight, QColor("#5aa9e6"))
    palette.setColor(QPalette.ColorRole.Link, QColor("#7cc0f5"))
    palette.setColor(QPalette.ColorRole.PlaceholderText, QColor("#9a9aa0"))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor("#77777c"))
    return palette


def palettes(app: QApplication) -> tuple[tuple[str, QPalette], ...]:
    """The style's own, and a dark one."""
    style = app.style()
    assert style is not None
    return (("light", style.standardPalette()), ("dark", dark_palette()))


async def wait(seconds: float) -> None:
    """Let the window work; a picture needs no more than that things have come."""
    await asyncio.sleep(seconds)


async def take(app: QApplication, out: Path) -> None:
    window = MainWindow()
    window.resize(SIZE)
    window.show()
    with tempfile.TemporaryDirectory() as home:
        os.environ["HOME"] = home  # songs are shown as saved below ~
        session = await Session.open(window, Options(demo=True, home=Path(home)), [])
        await wait(3.5)
        window.notice.dismiss()
        workspace = session.workspace
        workspace.view.select_ids([workspace.model.order[CHOSEN]])
        workspace.commands.listening.begin_current()
        workspace.player.set_muted(True)
        while workspace.player.position_ms < PLAYED_MS:
            await wait(0.1)
        workspace.player.pause()  # without a sound device the bar would speak of that
        workspace.player.set_muted(False)
        await wait(0.5)
        await take_both(app, window, out, "window")
        await take_listening(session, app, out)
        await take_saving(session, app, out)
        await session.close()


async def take_listening(session: Session, app: QApplication, out: Path) -> None:
    """A song of Sonic with its lyrics timed, queue and lyrics, two versions compared, the small player."""
    workspace, window = session.workspace, session.window
    rows = [row for row in workspace.listed() if row.clip is not None and row.clip.ready]
    sung = next(row for row in rows if row.clip is not None and row.clip.product is Product.SONIC)
    [clip] = await workspace.desk.whole_clips([sung])
    await session.core.alignments.ask(clip)
    workspace.view.select_ids([sung.row_id])
    workspace.commands.listening.play_row(sung)
    await until(lambda: workspace.player.arrived == 1 and workspace.stage.book.of(clip))
    workspace.player.seek(SUNG_MS)
    await until(lambda: workspace.player.position_ms > SUNG_MS)
    workspace.player.pause()
    await take_both(app, window, out, "listening")
    for page in (QUEUE, LYRICS):
        window.drawer.show_page(page)
        await take_both(app, window, out, page)
    window.drawer.show_page("")
    workspace.actions["compare"].trigger()
    await until(lambda: workspace.player.twin and workspace.stage.book.of(workspace.player.twin))
    workspace.player.pause()
    await take_both(app, window, out, "compare")
    workspace.actions["compare_end"].trigger()
    workspace.actions["small_player"].trigger()
    assert workspace.stage.small is not None
    await take_both(app, workspace.stage.small, out, "small-player")
    workspace.actions["small_player"].trigger()
    app.setPalette(palettes(app)[0][1])


async def take_both(app: QApplication, widget: QWidget, out: Path, name: str) -> None:
    """One picture in light, one in dark."""
    for scheme, palette in palettes(app):
        app.setPalette(palette)
        if isinstance(widget, MainWindow):
            widget.notice.dismiss()
        await wait(0.5)
        widget.grab().save(str(out / f"{name}-{scheme}.png"))


async def until(done: Callable[[], object]) -> None:
    async with asyncio.timeout(LIMIT_S):
        while not done():
            await wait(0.05)


async def take_saving(session: Session, app: QApplication, out: Path) -> None:
    """The list of saves with jobs in several states, and the settings of names."""
    core, workspace, window = session.core, session.workspace, session.window
    songs = [row for row in workspace.listed() if row.clip is not None and row.clip.ready]
    clips = await workspace.desk.whole_clips(songs)
    free = next(clip for clip in clips if clip.wav_url)
    folder = core.settings.value.save_path
    core.settings.update(name_template="{product}/{title}")
    [failing] = await core.saver.save(clips[-1:], folder, format=SaveFormat.MP3)
    done, resting = await core.saver.save([clips[0], clips[2]], folder)
    core.saver.pause(resting)
    [moving] = await core.saver.save([free], folder, format=SaveFormat.WAV)
    window.drawer.show_page(SAVES)
    await asyncio.gather(failing.settled.wait(), done.settled.wait())
    while not moving.total or moving.received < moving.total / 3:
        await wait(0.05)
    await take_both(app, window, out, "saving")
    window.drawer.show_page("")
    app.setPalette(palettes(app)[0][1])
    os.environ["HOME"] = "/home/you"
    core.settings.update(save_folder="/home/you/Music/AI Music")
    workspace.actions["settings"].trigger()
    await wait(1.0)
    dialog = app.activeModalWidget()
    assert dialog is not None
    dialog.grab().save(str(out / "settings-saving-light.png"))
    dialog.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "images")
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = make_app()
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    with loop:
        loop.run_until_complete(take(app, out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
