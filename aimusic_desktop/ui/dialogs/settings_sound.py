"""Which device songs are heard on, and what happens when it goes."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QWidget

from aimusic_desktop.errors import AppError
from aimusic_desktop.settings import Settings
from aimusic_desktop.ui.dialogs.settings_page import Remark, Run, SettingsPage, above, at_natural_width
from aimusic_desktop.ui.labels import Tone
from aimusic_desktop.ui.player.player import Player

DEFAULT = "System default"
LONGEST_ABSENT = 48
"""Letters of a device's name beside which there is room to say that it is away."""

_WHEN_LOST = {"pause": "Pause", "go_on": "Go on, on the system default"}

_NO_DEVICE = "No sound device is connected now. One that is plugged in appears here."
_FOLLOWS = "The system default is followed when it changes, while a song plays too."
_NOT_HERE = "This device is not connected: songs play on the system default until it is back."
_PITCH = (
    "At another speed songs sound higher or lower here: what plays them on this system cannot keep the pitch."
)


class SoundPage(SettingsPage):
    """The devices as they come and go; one that was chosen stays chosen while it is away."""

    title = "Sound"
    icon_name = "volume"

    def __init__(self, settings: Settings, player: Player, run: Run, parent: QWidget) -> None:
        super().__init__(parent)
        self._player, self._outputs = player, player.outputs
        self._names = {settings.sound_device: settings.sound_device}
        self._names[""] = DEFAULT
        self.device = self._make_device()
        self._remark = Remark(self)
        self.when_lost = self._make_when_lost(settings.device_lost)
        form = self.add_form()
        form.addRow("Play on", above(self.device, self._remark))
        form.addRow("When it is unplugged", at_natural_width(self.when_lost))
        if not player.keeps_pitch:
            self.add_text(_PITCH)
        self.end()
        self._fill(settings.sound_device)
        self.device.currentIndexChanged.connect(self._tell)
        self._outputs.changed.connect(self._refill)
        run(self._open(), "sound devices for the settings")

    @property
    def remark(self) -> str:
        """What is said below the device."""
        return self._remark.whole

    def values(self) -> dict[str, object]:
        return {
            "sound_device": str(self.device.currentData()),
            "device_lost": str(self.when_lost.currentData()),
        }

    def _make_device(self) -> QComboBox:
        device = QComboBox(self)
        device.setAccessibleName("Play on")
        # A name as long as drivers like them must not make the dialog wider.
        device.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        device.setMinimumContentsLength(24)
        return device

    def _make_when_lost(self, chosen: str) -> QComboBox:
        when_lost = QComboBox(self)
        when_lost.setAccessibleName("When it is unplugged")
        for value, text in _WHEN_LOST.items():
            when_lost.addItem(text, value)
        when_lost.setCurrentIndex(max(0, when_lost.findData(chosen)))
        return when_lost

    async def _open(self) -> None:
        try:
            await self._outputs.open()
        except AppError as error:
            self._remark.show_sentence(error.sentence)
        else:
            self._refill()

    def _refill(self) -> None:
        self._fill(str(self.device.currentData()))
        self._tell()

    def _fill(self, chosen: str) -> None:
        """List what is connected, and ``chosen`` in any case; nothing is wished by that."""
        here = {device.id: device.name for device in self._outputs.devices}
        self._names |= here
        shown = {"": DEFAULT, **here}
        if chosen not in shown:
            shown[chosen] = f"{_short(self._names[chosen])} (not connected)"
        with QSignalBlocker(self.device):
            self.device.clear()
            for device_id, name in shown.items():
                self.device.addItem(name, device_id)
            self.device.setCurrentIndex(self.device.findData(chosen))

    def _tell(self) -> None:
        connected = [device.id for device in self._outputs.devices]
        chosen = self.device.currentData()
        absent = bool(chosen) and chosen not in connected
        said = _NO_DEVICE if not connected else _NOT_HERE if absent else _FOLLOWS
        self._remark.show_sentence(said, Tone.MUTED)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_ABSENT else f"{name[: LONGEST_ABSENT - 1]}…"
