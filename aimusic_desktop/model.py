"""The values every floor speaks: products, tasks and clips. Frozen, and free of any library."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Product(StrEnum):
    """A product of the AI Music API; the value is its path segment."""

    PRODUCER = "producer"
    SONIC = "sonic"
    RIFFUSION = "riffusion"
    NURO = "nuro"

    @property
    def label(self) -> str:
        """The product's name as people read it."""
        return self.value.capitalize()


class ClipState(StrEnum):
    """Where one clip stands, in the service's own words."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"

    @property
    def settled(self) -> bool:
        return self in (ClipState.SUCCEEDED, ClipState.FAILED)


class TaskState(StrEnum):
    """Where a task stands. ``PENDING`` was never answered; the last five are settled."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    PARTIAL = "partial"
    FAILED = "failed"
    NOT_FOUND = "not_found"
    TIMED_OUT = "timed_out"

    @property
    def settled(self) -> bool:
        return self not in (TaskState.PENDING, TaskState.RUNNING)


class SaveFormat(StrEnum):
    """What a song is saved as. ``ORIGINAL`` is what the service made, whatever that is."""

    ORIGINAL = "original"
    WAV = "wav"
    MP3 = "mp3"


class JobState(StrEnum):
    """Where a save job stands.

    ``PLACING`` says that the temporary file is whole and on the disk, and the final name comes next.
    ``ASKING`` waits for the user to say what to do with a name that is taken. The last three are settled.
    """

    QUEUED = "queued"
    CONVERTING = "converting"
    FETCHING = "fetching"
    WRITING = "writing"
    PLACING = "placing"
    PAUSED = "paused"
    ASKING = "asking"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def settled(self) -> bool:
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class OnTaken(StrEnum):
    """What happens when a song's name is taken in its folder.

    ``SKIP`` leaves it if the file there is the same clip, and numbers otherwise. ``REPLACE`` is only ever
    the user's answer, never a setting.
    """

    NUMBER = "number"
    SKIP = "skip"
    ASK = "ask"
    REPLACE = "replace"


class ConversionState(StrEnum):
    """Where a conversion stands.

    ``ASKED`` is written before its one request is sent: found again after a crash it means that nobody
    knows whether the service took it (and its credits), which is ``UNKNOWN``.
    """

    ASKED = "asked"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Repeat(StrEnum):
    """What plays after the last song of the queue, or after this one."""

    OFF = "off"
    ONE = "one"
    ALL = "all"


class Group(StrEnum):
    """What a row counts as in the list's chips."""

    WORKING = "working"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """One song of a task.

    ``clip_id`` is unique within its task (the decoder makes one from the position where the service
    sends none). ``index`` is its position in the answer. ``created_at`` is ISO 8601 as the service
    sent it, ``duration_s`` seconds. Texts are the service's, made safe to show as plain text, and
    empty when absent. URLs are those that passed the scheme check, else None.
    """

    task_id: str
    clip_id: str
    index: int = 0
    product: Product | None = None
    title: str = ""
    style: str = ""
    lyrics: str = ""
    model: str = ""
    seed: str = ""
    created_at: str = ""
    duration_s: float | None = None
    image_url: str | None = None
    audio_url: str | None = None
    wav_url: str | None = None
    video_url: str | None = None
    state: ClipState = ClipState.PENDING
    error: str | None = None

    @property
    def ids(self) -> tuple[str, str]:
        """Task id and clip id: what tells it from all others."""
        return self.task_id, self.clip_id

    @property
    def ready(self) -> bool:
        """Whether there is a finished song to play and keep."""
        return self.state is ClipState.SUCCEEDED and self.audio_url is not None

    @property
    def playable(self) -> bool:
        """Whether there is sound to hear; a running clip's link is a stream that must not be kept."""
        return self.audio_url is not None and self.state is not ClipState.FAILED


@dataclass(frozen=True, slots=True, kw_only=True)
class MusicTask:
    """A task as the library holds it. Times are seconds since the epoch.

    ``product`` is None until it is known. ``error`` is the sentence for people, or None.
    ``tracked_since`` is when the present attempt to see it finished began (the 30-minute clock).
    """

    task_id: str
    product: Product | None = None
    state: TaskState = TaskState.PENDING
    error: str | None = None
    clips: tuple[Clip, ...] = ()
    added_at: float = 0.0
    tracked_since: float = 0.0
    settled_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRecord:
    """A save job as the library holds it; ``job_id`` 0 is not written down yet.

    ``folder``, ``target`` (the name reserved for it), ``part`` (its temporary file) and ``path`` (the file
    of a done one) are absolute paths. ``name`` is the whole file name the user chose, None for what
    ``template`` says. ``owner`` is the token of the run that works on it. ``received`` and ``total`` are
    bytes, times seconds since the epoch. ``any_length``: the user wants it whatever its length, and
    ``wrong_length``: it failed for that. ``replaces`` tells the one file the user agreed to replace from all
    others. ``filling``: a file of its name that holds nothing is its own, made to be filled.
    """

    task_id: str
    clip_id: str
    folder: str
    job_id: int = 0
    name: str | None = None
    template: str = "{title}"
    format: SaveFormat = SaveFormat.ORIGINAL
    on_taken: OnTaken = OnTaken.NUMBER
    replaces: str | None = None
    any_length: bool = False
    wrong_length: bool = False
    state: JobState = JobState.QUEUED
    error: str | None = None
    received: int = 0
    total: int | None = None
    target: str | None = None
    part: str | None = None
    filling: bool = False
    path: str | None = None
    owner: str = ""
    added_at: float = 0.0
    settled_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """A song being made into another format by the service, which costs credits.

    ``conversion_id`` is the service's task id for it, None where it answers at once. ``url`` is where the
    file lies when it is done. ``asked_at`` is seconds since the epoch, ``owner`` the token of the run that
    asked: the two tell one asking from the next.
    """

    task_id: str
    clip_id: str
    format: SaveFormat
    product: Product
    state: ConversionState
    conversion_id: str | None = None
    url: str | None = None
    error: str | None = None
    asked_at: float = 0.0
    owner: str = ""


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word of a song, blanks and new lines the service put in included, and when it is sung, in seconds."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """When the words of a clip's lyrics are sung; the service tells that for credits.

    ``words`` are those of one that is ``DONE``, in the service's order, none if it found none; it is never
    ``RUNNING``, as the service answers at once. ``asked_at`` and ``owner`` are as in :class:`Conversion`.
    """

    task_id: str
    clip_id: str
    state: ConversionState
    words: tuple[TimedWord, ...] = ()
    error: str | None = None
    asked_at: float = 0.0
    owner: str = ""


@dataclass(frozen=True, slots=True)
class QueuedClip:
    """A clip of the queue by its ids; ``chosen`` if the user put it there, else it followed in a list."""

    task_id: str
    clip_id: str
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRecord:
    """The queue as the library holds it.

    ``clips`` are in the order in which they play; ``unshuffled`` holds their places in the order before
    shuffling: every index of ``clips`` once. ``at`` is the index of the present one, None before the first
    play, and ``position_ms`` where it stands.
    """

    clips: tuple[QueuedClip, ...] = ()
    unshuffled: tuple[int, ...] = ()
    at: int | None = None
    position_ms: int = 0
    repeat: Repeat = Repeat.OFF
    shuffled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRef:
    """A task id someone gave us, with the product its link named, if any."""

    task_id: str
    product: Product | None = None


def group_of(task_state: TaskState, clip_state: ClipState | None, playable: bool) -> Group:
    """The chip a row counts under. ``clip_state`` is None for a task that has no clip yet."""
    if clip_state is ClipState.SUCCEEDED and playable:
        return Group.READY
    if task_state.settled or clip_state is ClipState.FAILED:
        return Group.FAILED
    return Group.WORKING
