"""What MPRIS calls things: its interfaces, and the facts of a player as D-Bus takes them. Pure.

https://specifications.freedesktop.org/mpris-spec/latest/
"""

from __future__ import annotations

from aimusic_desktop.desktop.media_controls import NowPlaying
from aimusic_desktop.model import Repeat
from aimusic_desktop.settings import FASTEST, SLOWEST

NAME = "org.mpris.MediaPlayer2.aimusic_desktop"
PATH = "/org/mpris/MediaPlayer2"
ROOT = "org.mpris.MediaPlayer2"
PLAYER = "org.mpris.MediaPlayer2.Player"

LOOPS = {Repeat.OFF: "None", Repeat.ONE: "Track", Repeat.ALL: "Playlist"}

Facts = dict[str, tuple[str, object]]
"""Values by name, each with its D-Bus signature."""

_NO_TRACK = "/org/mpris/MediaPlayer2/TrackList/NoTrack"
_TRACKS = "/org/aimusicdesktop/song/"
_MOST_TEXT = 1000  # characters; enough for any title, and no burden on the bus


def root_facts(desktop_id: str) -> Facts:
    """What is so of the program. ``desktop_id`` names its .desktop file, without the ending."""
    return {
        "CanQuit": ("b", True),
        "CanRaise": ("b", True),
        "HasTrackList": ("b", False),
        "Identity": ("s", "AI Music Desktop"),
        "DesktopEntry": ("s", desktop_id),
        "SupportedUriSchemes": ("as", []),
        "SupportedMimeTypes": ("as", []),
    }


def player_facts(now: NowPlaying) -> Facts:
    """What is so of the player; all but the position, which nobody is told of unasked."""
    playable = bool(now.key)
    return {
        "PlaybackStatus": ("s", now.state.capitalize()),
        "LoopStatus": ("s", LOOPS[now.repeat]),
        "Rate": ("d", now.rate),
        "Shuffle": ("b", now.shuffled),
        "Metadata": ("a{sv}", _metadata(now)),
        "Volume": ("d", now.volume),
        "MinimumRate": ("d", SLOWEST),
        "MaximumRate": ("d", FASTEST),
        "CanGoNext": ("b", now.can_next),
        "CanGoPrevious": ("b", now.can_previous),
        "CanPlay": ("b", playable),
        "CanPause": ("b", playable),
        "CanSeek": ("b", now.can_seek),
        "CanControl": ("b", True),
    }


def track(key: str) -> str:
    """A song's object path."""
    return _TRACKS + key.encode("utf-8", "replace").hex() if key else _NO_TRACK


def _metadata(now: NowPlaying) -> Facts:
    facts: Facts = {"mpris:trackid": ("o", track(now.key))}
    if now.key:
        facts["xesam:title"] = ("s", _sendable(now.title))
    if now.length_ms:
        facts["mpris:length"] = ("x", now.length_ms * 1000)
    if now.artist:
        facts["xesam:artist"] = ("as", [_sendable(now.artist)])
    if now.album:
        facts["xesam:album"] = ("s", _sendable(now.album))
    if now.cover is not None:
        facts["mpris:artUrl"] = ("s", now.cover.as_uri())
    return facts


def _sendable(text: str) -> str:
    """A bus throws out whoever sends it what is no UTF-8, or holds a NUL."""
    return text[:_MOST_TEXT].replace("\0", "").encode("utf-8", "replace").decode()


INTROSPECTION = """\
<!DOCTYPE node PUBLIC "-//freedesktop//DTD D-BUS Object Introspection 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd">
<node>
  <interface name="org.freedesktop.DBus.Introspectable">
    <method name="Introspect"><arg name="data" type="s" direction="out"/></method>
  </interface>
  <interface name="org.freedesktop.DBus.Peer">
    <method name="Ping"/>
  </interface>
  <interface name="org.freedesktop.DBus.Properties">
    <method name="Get">
      <arg name="interface" type="s" direction="in"/><arg name="name" type="s" direction="in"/>
      <arg name="value" type="v" direction="out"/>
    </method>
    <method name="GetAll">
      <arg name="interface" type="s" direction="in"/><arg name="values" type="a{sv}" direction="out"/>
    </method>
    <method name="Set">
      <arg name="interface" type="s" direction="in"/><arg name="name" type="s" direction="in"/>
      <arg name="value" type="v" direction="in"/>
    </method>
    <signal name="PropertiesChanged">
      <arg name="interface" type="s"/><arg name="changed" type="a{sv}"/><arg name="invalidated" type="as"/>
    </signal>
  </interface>
  <interface name="org.mpris.MediaPlayer2">
    <method name="Raise"/>
    <method name="Quit"/>
    <property name="CanQuit" type="b" access="read"/>
    <property name="CanRaise" type="b" access="read"/>
    <property name="HasTrackList" type="b" access="read"/>
    <property name="Identity" type="s" access="read"/>
    <property name="DesktopEntry" type="s" access="read"/>
    <property name="SupportedUriSchemes" type="as" access="read"/>
    <property name="SupportedMimeTypes" type="as" access="read"/>
  </interface>
  <interface name="org.mpris.MediaPlayer2.Player">
    <method name="Next"/>
    <method name="Previous"/>
    <method name="Pause"/>
    <method name="PlayPause"/>
    <method name="Stop"/>
    <method name="Play"/>
    <method name="Seek"><arg name="Offset" type="x" direction="in"/></method>
    <method name="SetPosition">
      <arg name="TrackId" type="o" direction="in"/><arg name="Position" type="x" direction="in"/>
    </method>
    <method name="OpenUri"><arg name="Uri" type="s" direction="in"/></method>
    <signal name="Seeked"><arg name="Position" type="x"/></signal>
    <property name="PlaybackStatus" type="s" access="read"/>
    <property name="LoopStatus" type="s" access="readwrite"/>
    <property name="Rate" type="d" access="readwrite"/>
    <property name="Shuffle" type="b" access="readwrite"/>
    <property name="Metadata" type="a{sv}" access="read"/>
    <property name="Volume" type="d" access="readwrite"/>
    <property name="Position" type="x" access="read">
      <annotation name="org.freedesktop.DBus.Property.EmitsChangedSignal" value="false"/>
    </property>
    <property name="MinimumRate" type="d" access="read"/>
    <property name="MaximumRate" type="d" access="read"/>
    <property name="CanGoNext" type="b" access="read"/>
    <property name="CanGoPrevious" type="b" access="read"/>
    <property name="CanPlay" type="b" access="read"/>
    <property name="CanPause" type="b" access="read"/>
    <property name="CanSeek" type="b" access="read"/>
    <property name="CanControl" type="b" access="read"/>
  </interface>
</node>
"""
